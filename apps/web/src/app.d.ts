declare global {
  namespace App {
    interface Locals {
      /** In which language the reader is served; see `hooks.server.ts`. */
      language: string;
    }
  }
}

export {};
