/** A call or a source that is refused; the message is for the author of the expression. */
export class ExpressionRefused extends Error {
  readonly code: string;
  position?: number;
  token?: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
