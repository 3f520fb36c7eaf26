/** Tailwind 4 is the only stylesheet tool; its theme lives in app/globals.css. */
export default { plugins: { "@tailwindcss/postcss": {} } };
