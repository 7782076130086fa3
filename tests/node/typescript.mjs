// Makes TypeScript of a schema and of operations on it; the source goes to standard output.
import { readFileSync } from 'node:fs';
import { codegen } from '@graphql-codegen/core';
import * as operations from '@graphql-codegen/typescript-operations';
import * as types from '@graphql-codegen/typescript';
import { parse } from 'graphql';

const [schema, documents] = process.argv.slice(2).map((path) => parse(readFileSync(path, 'utf8')));
console.log(
  await codegen({
    filename: 'pytune.ts',
    schema,
    documents: [{ location: 'operations.graphql', document: documents }],
    plugins: [{ types: {} }, { operations: {} }],
    pluginMap: { types, operations },
    config: {},
  }),
);
