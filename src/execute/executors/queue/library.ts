/** What is used of the libraries of the queue, as one file of the build: their own files take three times as long to load. */
export { Redis } from 'ioredis';
export { Queue, QueueEvents, Worker } from 'bullmq';
