import { signIn } from "next-auth/react";

/** What trying to sign in ended in, for a form. */
export type SignInOutcome = "ok" | "wrong" | "too many attempts" | "unavailable" | "unreachable";

/** Signs in by e-mail and password in this browser; the session is a cookie that scripts cannot read. */
export async function signInWithPassword(email: string, password: string): Promise<SignInOutcome> {
  try {
    const answer = await signIn("credentials", { email, password, redirect: false, callbackUrl: "/" });
    if (answer?.ok === true && !answer.error) return "ok";
    if (answer?.error === "TooManyAttempts") return "too many attempts";
    return answer?.error === "Unavailable" ? "unavailable" : "wrong";
  } catch {
    return "unreachable";
  }
}
