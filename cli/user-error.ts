/** An operation that can't be done, in the user's words. Ends the command with exit code 2 and one line on stderr. */
export class UserError extends Error {
  override readonly name = "UserError";
}
