// The same words inside the frame of the signed-in pages as outside of it.
export { default } from "#app/not-found.tsx";
