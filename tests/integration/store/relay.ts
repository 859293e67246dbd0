import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Where a PostgreSQL server listens, as found in a connection string. */
export function socketOf(url: string): Readonly<{ path: string } | { host: string; port: number }> {
  const { hostname, port } = new URL(url);
  const host = decodeURIComponent(hostname);
  const number = port === '' ? 5432 : Number(port);
  return host.startsWith('/') ? { path: `${host}/.s.PGSQL.${number}` } : { host, port: number };
}

export type Relay = Readonly<{ url: string; close(): Promise<void> }>;

/** The same connection string, through a relay on loopback TCP. */
const through = async (server: Server, sockets: Set<Socket>, url: string): Promise<Relay> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  // not through URL: its host is no name
  const [scheme, user, path] = /^(\w+:\/\/)([^@]*@)?[^/]*(.*)$/.exec(url)?.slice(1) ?? [];
  return {
    url: `${scheme ?? ''}${user ?? ''}127.0.0.1:${port}${path ?? ''}`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};

/**
 * A wire that can be cut. `freeze` keeps every connection open and passes nothing on any more; `drop`
 * ends every connection and takes no new one until `restore`.
 */
export type Wire = Relay & Readonly<{ freeze(): void; drop(): void; restore(): void }>;

export async function relayTo(url: string): Promise<Wire> {
  const sockets = new Set<Socket>();
  let down = false;
  const server = createServer((client) => {
    if (down) {
      client.destroy();
      return;
    }
    const upstream = connect(socketOf(url));
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.pipe(upstream).pipe(client);
  });
  const freeze = (): void => {
    for (const socket of sockets) socket.unpipe().pause();
  };
  const drop = (): void => {
    down = true;
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  const restore = (): void => {
    down = false;
  };
  return { ...(await through(server, sockets, url)), freeze, drop, restore };
}

const message = (type: string, body: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
};
const welcome = Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))]);

/**
 * A pooler in transaction mode, as small as one can be: every client shares one server connection and
 * has it until the server says that no transaction is open. Only for servers that ask for no password.
 */
export async function poolerTo(url: string): Promise<Relay> {
  const sockets = new Set<Socket>();
  const waiting: [Socket, Buffer][] = [];
  let owner: Socket | null = null;
  let upstream: Socket | undefined;
  let unread = Buffer.alloc(0);

  const pass = (client: Socket, data: Buffer): void => {
    if (owner !== null && owner !== client) waiting.push([client, data]);
    else {
      owner = client;
      upstream?.write(data);
    }
  };
  const hear = (data: Buffer): void => {
    unread = Buffer.concat([unread, data]);
    while (unread.length >= 5 && unread.length > unread.readInt32BE(1)) {
      const whole = unread.subarray(0, unread.readInt32BE(1) + 1);
      unread = unread.subarray(whole.length);
      owner?.write(whole);
      if (whole[0] !== 0x5a || whole[5] !== 0x49) continue;
      owner = null;
      const next = waiting.shift();
      if (next) pass(...next);
    }
  };
  const server = createServer((client) => {
    sockets.add(client);
    client.on('error', () => undefined);
    client.once('data', (startup) => {
      if (upstream === undefined) {
        upstream = connect(socketOf(url));
        sockets.add(upstream);
        upstream.write(startup);
        owner = client;
        upstream.on('data', hear);
      } else client.write(welcome);
      client.on('data', (data) => {
        // one client's goodbye is not the server connection's
        if (data[0] !== 0x58) pass(client, data);
      });
    });
  });
  return through(server, sockets, url);
}
