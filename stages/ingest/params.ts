/** What `with` of an ingest stage holds, checked by schema.ts. */
export type Files = string | readonly string[];
export type FilesBySplit = Readonly<Record<string, Files>>;
/** A column's name, or its place counted from 1 in a file without a header. */
export type Column = string | number;

interface Common {
  readonly on_error: 'fail' | 'skip';
  readonly limit?: Readonly<Record<string, number>>;
  /** URL → SHA-256 in hexadecimal. */
  readonly sha256?: Readonly<Record<string, string>>;
}

export interface MsmarcoParams extends Common {
  readonly format: 'msmarco';
  readonly splits: FilesBySplit;
}

export interface SquadParams extends Common {
  readonly format: 'squad';
  readonly splits: FilesBySplit;
}

export interface BeirParams extends Common {
  readonly format: 'beir';
  readonly folder?: string;
  readonly corpus?: Files;
  readonly queries?: Files;
  readonly qrels?: FilesBySplit;
}

export interface PairsTable {
  readonly files?: Files;
  readonly splits?: FilesBySplit;
  readonly query: Column;
  readonly document: Column;
  readonly query_id?: Column;
  readonly document_id?: Column;
  readonly label?: Column;
  readonly split?: Column;
}

export interface DocumentsTable {
  readonly files: Files;
  readonly id: Column;
  readonly text: Column;
  readonly title?: Column;
}

export interface QueriesTable {
  readonly files?: Files;
  readonly splits?: FilesBySplit;
  readonly id: Column;
  readonly text: Column;
  readonly split?: Column;
  readonly type?: Column;
}

export interface QrelsTable {
  readonly files?: Files;
  readonly splits?: FilesBySplit;
  readonly query: Column;
  readonly document: Column;
  readonly relevance?: Column;
}

export interface CandidatesTable {
  readonly files: Files;
  readonly query: Column;
  readonly document: Column;
}

export interface TableParams extends Common {
  readonly format: 'tsv' | 'csv' | 'parquet' | 'jsonl';
  readonly header?: boolean;
  readonly pairs?: PairsTable;
  readonly documents?: DocumentsTable;
  readonly queries?: QueriesTable;
  readonly qrels?: QrelsTable;
  readonly candidates?: CandidatesTable;
}

export interface SqlParams extends Common {
  readonly format: 'sql';
  readonly files?: Readonly<Record<string, Files>>;
  readonly documents: string;
  readonly queries: string;
  readonly qrels: string;
  readonly candidates?: string;
}

export type IngestParams = MsmarcoParams | SquadParams | BeirParams | TableParams | SqlParams;
