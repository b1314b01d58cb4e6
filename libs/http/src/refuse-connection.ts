import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { answerOfStatus } from './error-answer';
import type { WriteError } from './error-dialect';

/** What Node's parser says of bytes that it refuses. Types of Node leave it out, and Fastify's take the packet for JSON. */
type ParserError = NodeJS.ErrnoException & Readonly<{ rawPacket?: Buffer; bytesParsed?: number }>;

const STATUSES: Readonly<Record<string, readonly [status: number, reason: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
};

/** A request line, whole or as far as the packet goes. */
const REQUEST_LINE = /^[A-Z]+ (\/[^\s]*)(?: HTTP\/1\.[01]\r\n|$)/;
const END_OF_HEAD = '\r\n\r\n';

/**
 * The path of what was refused: of the request whose body is broken, or of the head that the refused packet begins with.
 * Empty where it cannot be known: the request line is broken, lies in an earlier packet, or behind another request.
 */
function pathOf(error: NodeJS.ErrnoException, request: IncomingMessage | undefined): string {
  const { rawPacket, bytesParsed = 0 } = error as ParserError;
  if (request?.complete === false) return request.url ?? '';
  if (rawPacket === undefined) return '';
  const endOfHead = rawPacket.indexOf(END_OF_HEAD);
  if (endOfHead >= 0 && endOfHead + END_OF_HEAD.length < bytesParsed) return '';
  return REQUEST_LINE.exec(rawPacket.toString('latin1'))?.[1] ?? '';
}

/** What Node's parser refuses never becomes a request: it is answered on the bare connection, in the words of its path. */
export class BareConnections {
  readonly #requests = new WeakMap<Socket, IncomingMessage>();

  constructor(private readonly writeError: WriteError) {}

  /** The last request of its connection. */
  seen(request: IncomingMessage): void {
    this.#requests.set(request.socket, request);
  }

  refuse(error: NodeJS.ErrnoException, socket: Socket): void {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const [status, reason] = STATUSES[error.code ?? ''] ?? [400, 'Bad Request'];
    const path = pathOf(error, this.#requests.get(socket));
    const body = JSON.stringify(this.writeError(path, answerOfStatus(status)).body);
    const head = `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/json; charset=utf-8\r\nX-Content-Type-Options: nosniff`;
    socket.end(`${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
  }
}
