/** A defect, how to put it back, and who must notice. */
export interface Mutation {
  /** One sentence. */
  defect: string;
  edits: readonly Edit[];
  /** Test files each of which must have a failing test. */
  red: readonly string[];
}

export interface Edit {
  file: string;
  /** Stands exactly once in the file. */
  from: string;
  to: string;
}

/** Most defects are one edit. */
export function one(defect: string, file: string, from: string, to: string, ...red: string[]): Mutation {
  return { defect, edits: [{ file, from, to }], red };
}
