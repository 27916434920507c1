import {
  GraphQLDirective,
  GraphQLEnumType,
  GraphQLInputObjectType,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLUnionType,
  specifiedDirectives,
  specifiedScalarTypes,
} from 'graphql';
import type { GraphQLNamedType, GraphQLType } from 'graphql';

/** What `toConfig` of any copy gives: types in it are that copy's. */
type Config = Readonly<Record<string, unknown>>;

type Configs = Readonly<Record<string, Config>>;

interface Foreign {
  readonly name: string;
  readonly ofType?: Foreign;
  toConfig(): Config;
}

/** Which of graphql-js's classes it is of, whatever copy that is of. */
function classOf(type: unknown): string {
  return Object.prototype.toString.call(type).slice('[object '.length, -1);
}

/**
 * A schema of ours. Test runners often load two copies of graphql-js, and neither takes what the other has built: one
 * of the other is built once more, with the same resolvers.
 */
export function ownSchema(schema: GraphQLSchema): GraphQLSchema {
  const isOther = !(schema instanceof GraphQLSchema) && classOf(schema) === 'GraphQLSchema';
  return isOther ? new Rebuilding().schema(schema) : schema;
}

class Rebuilding {
  readonly #types = new Map<string, GraphQLNamedType>(
    specifiedScalarTypes.map((type) => [type.name, type]),
  );

  schema(schema: GraphQLSchema): GraphQLSchema {
    const config = (schema as unknown as Foreign).toConfig();
    const types = (config['types'] as Foreign[]).filter(({ name }) => !name.startsWith('__'));
    const root = (key: string): unknown =>
      config[key] ? this.#type(config[key] as Foreign) : undefined;
    return new GraphQLSchema({
      ...config,
      query: root('query'),
      mutation: root('mutation'),
      subscription: root('subscription'),
      types: types.map((type) => this.#type(type)),
      directives: (config['directives'] as Foreign[]).map((directive) =>
        this.#directive(directive),
      ),
    } as ConstructorParameters<typeof GraphQLSchema>[0]);
  }

  #type(type: Foreign): GraphQLType {
    if (type.ofType !== undefined) {
      const inner = this.#type(type.ofType);
      return classOf(type) === 'GraphQLList'
        ? new GraphQLList(inner)
        : new GraphQLNonNull(inner as never);
    }
    const known = this.#types.get(type.name);
    if (known !== undefined) return known;
    const built = this.#named(type);
    this.#types.set(type.name, built);
    return built;
  }

  /** What it refers to is built once it is looked for: types refer to each other in circles. */
  #named(type: Foreign): GraphQLNamedType {
    const config = type.toConfig();
    const all = (key: string) => () => (config[key] as Foreign[]).map((each) => this.#type(each));
    const fields = () => this.#fields(config['fields'] as Configs);
    switch (classOf(type)) {
      case 'GraphQLObjectType':
        return new GraphQLObjectType({ ...config, fields, interfaces: all('interfaces') } as never);
      case 'GraphQLInterfaceType':
        return new GraphQLInterfaceType({
          ...config,
          fields,
          interfaces: all('interfaces'),
        } as never);
      case 'GraphQLUnionType':
        return new GraphQLUnionType({ ...config, types: all('types') } as never);
      case 'GraphQLInputObjectType':
        return new GraphQLInputObjectType({ ...config, fields } as never);
      case 'GraphQLEnumType':
        return new GraphQLEnumType(config as never);
      default:
        return new GraphQLScalarType(config as never);
    }
  }

  #directive(directive: Foreign): GraphQLDirective {
    const known = specifiedDirectives.find(({ name }) => name === directive.name);
    if (known !== undefined) return known;
    const config = directive.toConfig();
    return new GraphQLDirective({
      ...config,
      args: this.#fields(config['args'] as Configs),
    } as never);
  }

  #fields(fields: Configs): Record<string, Config> {
    const own = Object.entries(fields).map(([name, field]): [string, Config] => {
      const args = field['args'] as Configs | undefined;
      const type = this.#type(field['type'] as Foreign);
      return [name, { ...field, type, ...(args && { args: this.#fields(args) }) }];
    });
    return Object.fromEntries(own);
  }
}
