export { load } from '../src/routes/+layout.server.ts';
