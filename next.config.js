/** @type {import('next').NextConfig} */
export default {
  reactStrictMode: true,
  poweredByHeader: false,
  // `npm test` checks the types of everything once; a start must not repeat it, nor fail on a test's types.
  typescript: { ignoreBuildErrors: true },
  allowedDevOrigins: ["127.0.0.1"],
  serverExternalPackages: [
    "pino",
    "thread-stream",
    "pg",
    "graphile-worker",
    "@node-rs/argon2",
    "nodemailer",
    "mailparser",
    "jsonata",
    "re2js",
  ],
  distDir: process.env.HOOKLINE_DIST_DIR || ".next",
};
