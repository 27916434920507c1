import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** A line to a server on 127.0.0.1 that can be stalled and cut. What goes over it keeps its order. */
export interface Proxy {
  readonly port: number;
  /** Nothing goes through in either direction, and no connection ends, until `resume`. */
  stall(): void;
  resume(): void;
  /** Ends all connections. New ones are taken. */
  cut(): void;
  close(): Promise<void>;
}

/**
 * Opens a proxy in front of a port.
 *
 * @example
 * const proxy = await openProxy(server.port);
 * proxy.stall();
 */
export async function openProxy(target: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let isStalled = false;
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      if (isStalled) from.pause();
      from.on('data', (part) => void to.write(part));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const each = (act: (socket: Socket) => void): void => {
    for (const socket of sockets) act(socket);
  };
  return {
    port: (server.address() as AddressInfo).port,
    stall() {
      isStalled = true;
      each((socket) => void socket.pause());
    },
    resume() {
      isStalled = false;
      each((socket) => void socket.resume());
    },
    cut: () => each((socket) => void socket.destroy()),
    close() {
      each((socket) => void socket.destroy());
      return new Promise((resolve) => void server.close(() => resolve()));
    },
  };
}
