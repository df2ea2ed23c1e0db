// Nothing is added to SvelteKit's App types: no locals, no page state, no session on the server.
export {};
