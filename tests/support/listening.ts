import { readdir, readFile, readlink } from 'node:fs/promises';

/** `st` of a socket that listens, in /proc/net/tcp. */
const listen = '0A';

/** The TCP ports that a process listens on, as the kernel has it; null where there is no /proc. */
export async function listeningPorts(pid: number): Promise<readonly number[] | null> {
  if (process.platform !== 'linux') return null;
  const folder = `/proc/${pid}/fd`;
  const links = await Promise.all(
    (await readdir(folder)).map((fd) => readlink(`${folder}/${fd}`).catch(() => '')),
  );
  const own = new Set(links.map((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1]));
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/${pid}/net/${name}`, 'utf8').catch(() => '')),
  );
  return tables
    .flatMap((table) => table.split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[3] === listen && own.has(columns[9]))
    .map((columns) => Number.parseInt(columns[1]?.split(':')[1] ?? '', 16));
}
