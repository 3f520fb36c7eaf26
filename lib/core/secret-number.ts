/**
 * Six letters that tell one stored secret from every other, whatever its text: the end of its id, so nothing of the
 * secret.
 */
export function secretNumber(secretId: string): string {
  return secretId.slice(-6);
}
