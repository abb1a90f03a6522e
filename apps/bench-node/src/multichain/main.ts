import { Command } from "commander";
import { multichainValidatorCommand } from "../cli/commands/multichain-validator.ts";

// From sources a validator is a program of its own: it begins sooner than one that brings all commands along.
await new Command("validators").addCommand(multichainValidatorCommand()).parseAsync();
