#!/usr/bin/env node
// Works on any Node from 20: makes sure everything is installed, then runs the command under the pinned Node.
import { handOver, prepare } from "../scripts/bootstrap.js";

await prepare();
handOver("bin/hookline.ts", process.argv.slice(2));
