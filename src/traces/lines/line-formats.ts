import { ftraceFormat } from "./ftrace-format.js";
import { isoLogFormat } from "./iso-log-format.js";
import type { LineFormat } from "./line-format.js";
import { logFormat } from "./log-format.js";
import { programLogFormat } from "./program-log-format.js";
import { isoSyslogFormat, syslogFormat } from "./syslog-format.js";
import { systemtapFormat } from "./systemtap-format.js";
import { threadLogFormat } from "./thread-log-format.js";

/** The forms of logs. Of those that fit as many lines of a log, the first is taken. */
export const lineFormats: readonly LineFormat[] = [
  isoLogFormat,
  threadLogFormat,
  systemtapFormat,
  ftraceFormat,
  isoSyslogFormat,
  syslogFormat,
  programLogFormat,
  logFormat,
];
