/**
 * Milliseconds of processor time that a piece of work takes, all threads of this process counted:
 * what else the machine does makes it no longer, as it would by the clock.
 */
export function processorTime(work: () => void): number {
  const begin = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1000;
}
