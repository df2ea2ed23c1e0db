export { load } from '../src/routes/+layout.ts';
