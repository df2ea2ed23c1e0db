// The two libraries have no types of their own; this is what the tests use of them.
declare module 'omegle-node' {
  import { EventEmitter } from 'node:events';
  class Omegle extends EventEmitter {
    connect(topics?: string[]): void;
    send(text: string): void;
    startTyping(): void;
    stopTyping(): void;
    disconnect(): void;
  }
  export { Omegle as default };
}

declare module 'omegle-client' {
  import { EventEmitter } from 'node:events';
  export class Client extends EventEmitter {
    start(callback: (error?: number) => void): void;
    send(text: string, callback?: (error?: number) => void): void;
    startTyping(callback?: (error?: number) => void): void;
    stopTyping(callback?: (error?: number) => void): void;
    disconnect(callback?: (error?: number) => void): void;
  }
}
