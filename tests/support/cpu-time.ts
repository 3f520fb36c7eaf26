/** Milliseconds of processor time this process has used: for bounds that hold on a busy machine too. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
