/** Every page that can be read without signing in, and one that is not there. */
export const PAGES: readonly string[] = [
  '/',
  '/rules',
  '/safety',
  '/privacy',
  '/about',
  '/offline',
  '/maintenance',
  '/login',
  '/nowhere',
];
