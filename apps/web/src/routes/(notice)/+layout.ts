// Shown where scripts could not be loaded, or would find nobody to talk to.
export const csr = false;
