export * from './errors.ts';
export * from './limits.ts';
export * from './schemas.ts';
export * from './socket-events.ts';
export * from './wishes.ts';
