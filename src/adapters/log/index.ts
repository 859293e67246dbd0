import { pino, type DestinationStream } from 'pino';
import type { Log } from '../../application/ports/ambient.ts';
import { clean } from './clean.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/**
 * Opens the log: one line of JSON per event, to standard output unless a destination is given.
 * At `debug` an error also says where it was thrown.
 */
export function openLog(level: LogLevel, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const log = destination ? pino(options, destination) : pino(options);
  // before pino sees them: it would take the message of a field `err` as the line's own
  const cleaned = (fields: object) => clean(fields, level === 'debug');
  return {
    info: (fields) => log.info(cleaned(fields)),
    warn: (fields) => log.warn(cleaned(fields)),
    error: (fields) => log.error(cleaned(fields)),
  };
}
