/** The part of the Standard Schema interface (standardschema.dev, version 1) that is needed to check a value. */
interface Schema<Output> {
  readonly '~standard': {
    validate(value: unknown): Result<Output> | Promise<Result<Output>>;
  };
}
type Result<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly unknown[] };

/** The value as one of the protocol's schemas reads it; undefined if it does not. Needs no validator library. */
export function parse<Output>(schema: Schema<Output>, value: unknown): Output | undefined {
  const result = schema['~standard'].validate(value);
  if (result instanceof Promise || result.issues) return undefined;
  return result.value;
}
