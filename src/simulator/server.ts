import { once } from 'node:events';
import {
  createServer as createHttp,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Fault, FaultQueue } from './faults.ts';
import { readCall, type Call, type Reply, type Surface } from './http.ts';
import { remember, type RequestRecord } from './records.ts';
import type { World } from './world.ts';

export interface ServerOptions {
  world: World;
  faults: FaultQueue;
  requests: RequestRecord[];
  /** Which surface answers this address. */
  surfaceOf: (call: Call) => Surface;
  /** Absent: plain http. */
  tls?: { key: string; cert: string };
  port: number;
}

export interface RunningServer {
  origin: string;
  close(): Promise<void>;
}

/** One listening socket on 127.0.0.1. Each connection is bound to a gateway node for as long as it lives. */
export async function serve(options: ServerOptions): Promise<RunningServer> {
  const { world } = options;
  const nodes = new WeakMap<Socket, number>();
  const waiting = new Set<NodeJS.Timeout>();
  const later = (ms: number, act: () => void): void => {
    const timer = setTimeout(() => {
      waiting.delete(timer);
      act();
    }, ms);
    waiting.add(timer);
  };
  const nodeOf = (socket: Socket): number => {
    const known = nodes.get(socket) ?? Math.floor(world.random() * world.timing.gatewayNodes);
    nodes.set(socket, known);
    return known;
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const scheme = options.tls ? 'https' : 'http';
    const origin = `${scheme}://${request.headers.host ?? '127.0.0.1'}`;
    const call = await readCall(request, origin, nodeOf(request.socket));
    const surface = options.surfaceOf(call);
    const record: RequestRecord = {
      at: world.now(),
      surface: surface.name,
      method: call.method,
      path: call.path,
      status: 0,
      armWrite: surface.name === 'arm' && call.method !== 'GET',
      node: call.node,
    };
    remember(options.requests, record);
    const admitted = await surface.admit(call);
    const principal = 'refusal' in admitted ? undefined : admitted.principal;
    if (principal) record.principal = principal.name;
    const send = (reply: Reply, half = false): void => {
      if (response.destroyed) return;
      record.status = reply.status;
      write(
        response,
        { ...reply, headers: { ...common(call), ...surface.headers(call, principal), ...reply.headers } },
        half,
      );
    };
    if ('refusal' in admitted) {
      send(admitted.refusal);
      return;
    }
    const perform = (): Reply | Promise<Reply> => surface.answer(call, principal);
    const fault = options.faults.take(call, principal?.name);
    if (fault === undefined) send(await perform());
    else await strike(fault, { perform, send, surface, socket: request.socket, later });
  }

  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    handle(request, response).catch((error: unknown) => {
      // a bug of the simulator, or a client that went away while it was sending
      if (!request.socket.destroyed && !response.headersSent) {
        write(
          response,
          { status: 500, body: { error: { code: 'SimulatorBug', message: String(error) } } },
          false,
        );
      }
    });
  };
  const server: Server = options.tls ? createHttps(options.tls, listener) : createHttp(listener);
  // longer than a client keeps an idle connection, or each of them would sometimes meet a reset
  server.keepAliveTimeout = 120_000;
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    close: async () => {
      for (const timer of waiting) clearTimeout(timer);
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const common = (call: Call): Record<string, string> => {
  const id = call.header('x-ms-client-request-id');
  return { 'Cache-Control': 'no-cache', ...(id !== undefined && { 'x-ms-client-request-id': id }) };
};

/** Writes a whole answer, or headers that promise it and half of the body before the connection dies. */
function write(response: ServerResponse, reply: Reply, half: boolean): void {
  const body = Buffer.from(reply.body === undefined ? '' : JSON.stringify(reply.body));
  response.writeHead(reply.status, {
    ...(body.length > 0 && { 'Content-Type': 'application/json; charset=utf-8' }),
    'Content-Length': body.length,
    ...reply.headers,
  });
  if (half) response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.socket?.destroy());
  else response.end(body);
}

interface Strike {
  perform: () => Reply | Promise<Reply>;
  send: (reply: Reply, half?: boolean) => void;
  surface: Surface;
  socket: Socket;
  later: (ms: number, act: () => void) => void;
}

async function strike(fault: Fault, { perform, send, surface, socket, later }: Strike): Promise<void> {
  if (fault === 'hang') return;
  if (fault === 'lostBefore') {
    socket.destroy();
  } else if (fault === 'lostAfter') {
    await perform();
    socket.destroy();
  } else if (fault === 'partialBody') {
    send(await perform(), true);
  } else if ('landsLate' in fault) {
    if (fault.socket !== 'hang') socket.destroy();
    later(fault.landsLate, () => {
      void perform();
      socket.destroy();
    });
  } else if ('delay' in fault) {
    const reply = await perform();
    later(fault.delay, () => send(reply));
  } else {
    if (fault.afterEffect) await perform();
    const { status, code = String(status), message = 'A fault of the simulator.', retryAfter } = fault;
    send({
      status,
      body: surface.error(code, message),
      ...(retryAfter !== undefined && { headers: { 'Retry-After': String(retryAfter) } }),
    });
  }
}
