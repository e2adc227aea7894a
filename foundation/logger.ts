import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';

/** Structured JSON log. Every line has an `event` from a closed list of the plane; ERROR means that a human must act. */
export type Logger = PinoLogger;

/** What each log line of a process carries. */
export interface LoggerOptions {
  /** `control-plane` or `data-plane`. */
  readonly service: string;
  readonly level: string;
}

/** A logger that writes one JSON object a line, to standard output unless told otherwise. */
export function openLogger(options: LoggerOptions, destination?: DestinationStream): Logger {
  const settings = {
    level: options.level,
    base: { service: options.service, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: ['*.authorization', '*.cookie', 'authorization', 'cookie', '*["x-sluice-api-key"]'], censor: '[secret]' },
  };
  return destination === undefined ? pino(settings) : pino(settings, destination);
}
