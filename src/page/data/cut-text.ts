/** Cuts off a text after so many UTF-16 units, and never within a character. */
export function cutText(text: string, limit: number): { readonly text: string; readonly cut: boolean } {
  if (text.length <= limit) return { text, cut: false };
  const last = text.charCodeAt(limit - 1);
  const isTorn = last >= 0xd800 && last <= 0xdbff;
  return { text: text.slice(0, isTorn ? limit - 1 : limit).trimEnd(), cut: true };
}
