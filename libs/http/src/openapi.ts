import { SESSION_COOKIE } from '@runledger/access';
import { z } from 'zod';
import type { BodySpec } from './api-route';
import type { Route } from './route-table';

type Json = Record<string, unknown>;

/** Input shapes describe what clients send, output shapes what they get; a transform makes the two differ. */
const shape = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' });
  return json;
};

function parameters(schema: z.ZodType | undefined, where: 'path' | 'query'): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = shape(schema, 'input') as { properties?: Json; required?: string[] };
  return Object.entries(properties).map(([name, one]) => {
    const { example, ...rest } = one as Json;
    return {
      name,
      in: where,
      required: where === 'path' || required.includes(name),
      ...(example === undefined ? {} : { example }),
      schema: rest,
    };
  });
}

const content = (mediaType: string, schema: Json): Json => ({ [mediaType]: { schema } });
const BYTES = { type: 'string', format: 'binary' };

function requestBody(body: BodySpec | undefined): Json {
  if (body === undefined) return {};
  const types = Object.entries(body.types).map(([type, schema]) => [
    type === '*' ? 'application/octet-stream' : type,
    { schema: schema === 'binary' ? BYTES : shape(schema, 'input') },
  ]);
  return { requestBody: { required: true, content: Object.fromEntries(types) as Json } };
}

const ERROR = { $ref: '#/components/responses/Error' };

const pathOf = (path: string): string => path.replace(/:(\w+)/g, '{$1}').replace(/\*$/, '{path}');
const namesIn = (path: string): string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);

/** Of path and query. Every name in the path is one, also where the route checks its message as a whole. */
function allParameters({ path, spec }: Route): Json[] {
  const inPath = namesIn(pathOf(path));
  const declared = parameters(spec?.params, 'path').filter(({ name }) => inPath.includes(name as string));
  const named = new Set(declared.map(({ name }) => name));
  const bare = inPath.filter((name) => !named.has(name));
  const inQuery = parameters(spec?.message ?? spec?.query, 'query');
  return [
    ...declared,
    ...bare.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    ...inQuery.filter(({ name }) => !inPath.includes(name as string)),
  ];
}

/** Who is let in, in words that readers of the document may show. */
function guard(access: Route['access']): Json {
  if (access === 'public') return { security: [] };
  const asked =
    access === undefined || access === 'known' ? {} : { 'x-permission': access.permission, 'x-level': access.level };
  return { security: [{ key: [] }, { basic: [] }, { session: [] }], ...asked };
}

function operation(route: Route): Json {
  const { access, spec } = route;
  const { response = 'application/json' } = spec ?? {};
  const answer =
    typeof response === 'string' ? content(response, BYTES) : content('application/json', shape(response, 'output'));
  return {
    summary: spec?.summary,
    parameters: allParameters(route),
    ...requestBody(spec?.body),
    responses: { [spec?.status ?? 200]: { description: 'done', content: answer }, default: ERROR },
    ...guard(access),
  };
}

const errorBody = z.object({
  error: z.object({ code: z.string(), message: z.string(), details: z.unknown().optional() }),
});

/** The OpenAPI 3.1 document of these routes, made from the schemas that validate them. */
export function describeApi(routes: readonly Route[], version: string): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = pathOf(route.path);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Runledger', version },
    paths,
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer' },
        basic: { type: 'http', scheme: 'basic' },
        session: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE },
      },
      responses: {
        Error: { description: 'why not', content: content('application/json', shape(errorBody, 'output')) },
      },
    },
  };
}
