/** An operation that cannot be done, said in the user's words. Callers show the message as it is, without a stack. */
export class UserError extends Error {
  override readonly name = "UserError";
}
