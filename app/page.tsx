import { redirect } from "next/navigation";

/** The start is the list of endpoints; who is not signed in goes to sign-in or set-up from there. */
export default function StartPage() {
  redirect("/endpoints");
}
