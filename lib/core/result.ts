/** An expected outcome: a value, or a failure with a literal reason. Faults are thrown instead. */
export type Result<Value, Failure> = { kind: "ok"; value: Value } | { kind: "failed"; failure: Failure };
