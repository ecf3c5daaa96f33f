/** The OpenAPI document as a page that people read from top to bottom. */
type Schema = {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly pattern?: string
  readonly enum?: readonly string[]
  readonly const?: string | number | boolean
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly required?: readonly string[]
  readonly description?: string
  readonly default?: unknown
}
type Body = { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }
type Parameter = {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly description?: string
  readonly schema: Schema
}
type Operation = {
  readonly summary: string
  readonly description?: string
  readonly 'x-scope'?: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: Body
  readonly responses: Readonly<Record<string, Body & { readonly description: string }>>
}
export type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

export function referenceOf({ paths, components }: Document): string {
  const routes = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, each]) =>
      route(`${method.toUpperCase()} ${path}`, each),
    ),
  )
  const shapes = Object.entries(components.schemas).map(([name, schema]) => shape(name, schema))
  return `## Routes\n\n${routes.join('\n')}\n## Shapes\n\n${shapes.join('\n')}`
}

function route(name: string, operation: Operation): string {
  const { summary, description, parameters = [], requestBody, responses } = operation
  const scope = operation['x-scope']
  const says = [summary, description].filter(Boolean).map((text) => text!.replace(/\.?$/, '.'))
  const needs = scope === undefined ? 'Needs no key.' : `Needs a key of scope \`${scope}\`.`
  const takes = parameters.map(parameterRow)
  const body = requestBody && `Body: ${contentOf(requestBody)}.`
  const good = Object.entries(responses).filter(([status]) => Number(status) < 400)
  const bad = Object.keys(responses).filter((status) => Number(status) >= 400)
  const answers = good.map(([status, answer]) => `${status} ${contentOf(answer)}`).join(', ')
  const errors = bad.length > 0 ? `; errors ${bad.join(', ')}` : ''
  const table = ['| parameter | where | type | |', '|---|---|---|---|', ...takes].join('\n')
  const parts = [
    `### ${name}`,
    `${says.join(' ')} ${needs}`,
    takes.length > 0 ? table : undefined,
    body,
    `Answers: ${answers}${errors}.`,
  ]
  return `${parts.filter((part) => part !== undefined).join('\n\n')}\n`
}

function parameterRow({ name, in: where, required, description, schema }: Parameter): string {
  const must = required ? ', required' : ''
  const about = description ?? schema.description ?? ''
  return `| \`${name}\` | ${where}${must} | ${typeOf(schema)} | ${about} |`
}

const contentOf = ({ content = {} }: Body): string => {
  const [media] = Object.values(content)
  return media ? typeOf(media.schema) : 'nothing'
}

function shape(
  name: string,
  { description, properties = {}, required = [], ...rest }: Schema,
): string {
  const rows = Object.entries(properties).map(([field, schema]) => {
    const may = required.includes(field) ? '' : ', optional'
    return `| \`${field}\` | ${typeOf(schema)}${may} | ${schema.description ?? ''} |`
  })
  const whole =
    rows.length > 0 ? ['| field | type | |', '|---|---|---|', ...rows].join('\n') : typeOf(rest)
  return `### ${name}\n\n${description === undefined ? '' : `${description}\n\n`}${whole}\n`
}

function typeOf(schema: Schema): string {
  const { $ref, enum: words, anyOf, items, type, properties, additionalProperties } = schema
  if ($ref !== undefined) return linkTo($ref.split('/').at(-1)!)
  if (words) return words.map((word) => `\`${word}\``).join(', ')
  if (schema.const !== undefined) return `\`${String(schema.const)}\``
  if (anyOf) return [...new Set(anyOf.map(typeOf))].join(' or ')
  if (items) return `list of ${typeOf(items)}`
  if (properties) {
    const fields = Object.entries(properties).map(([name, each]) => `${name}: ${typeOf(each)}`)
    return `{ ${fields.join(', ')} }`
  }
  if (typeof additionalProperties === 'object') return `map to ${typeOf(additionalProperties)}`
  return schema.pattern?.startsWith('^\\d') ? 'whole number' : [type ?? 'any'].flat().join(' or ')
}

const linkTo = (name: string): string => `[${name}](#${name.toLowerCase()})`
