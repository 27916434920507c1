import { createGraphQLError } from 'graphql-yoga';

export interface Template {
  readonly _id: string;
  readonly name: string;
  readonly type_name: 'TPL_CardCredential' | 'TPL_MobileCredential';
  readonly order_type: string;
  readonly template_number: number;
  readonly template_fields: { readonly all_used_fields: readonly TemplateField[] };
}

interface TemplateField {
  readonly name: string;
  readonly field_type: 'string' | 'number' | 'boolean' | 'date' | 'buffer';
  readonly manual_input: boolean;
}

const PERSON: readonly TemplateField[] = [
  { name: 'personFirstName', field_type: 'string', manual_input: true },
  { name: 'personLastName', field_type: 'string', manual_input: true },
  { name: 'personPhoto1', field_type: 'buffer', manual_input: true },
  { name: 'cardValidUntilDate', field_type: 'date', manual_input: true },
];

/** Twelve, so that the default page of ten has a next one. `template-2` is the one whose preview is forbidden. */
export const TEMPLATES: readonly Template[] = Array.from({ length: 12 }, (_, index) => ({
  _id: `template-${index + 1}`,
  name: `Template ${String(index + 1).padStart(2, '0')}`,
  type_name: index % 2 === 0 ? 'TPL_CardCredential' : 'TPL_MobileCredential',
  order_type: 'single',
  template_number: 1_001 + index,
  template_fields: { all_used_fields: PERSON },
}));

interface Filter {
  readonly field: string;
  readonly value: string;
  readonly operator: string;
}

export interface Pagination {
  readonly page?: number | null;
  readonly limit?: number | null;
  readonly offset?: number | null;
  readonly sort?: string | null;
  readonly filter?: readonly Filter[] | null;
}

export interface TemplatePage {
  readonly docs: readonly Template[];
  readonly totalDocs: number;
  readonly page: number;
  readonly totalPages: number;
  readonly hasNextPage: boolean;
}

export function badInput(message: string): Error {
  return createGraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}

function requirePositive(name: string, value: number): void {
  if (value < 1) throw badInput(`pagination.${name} was ${value}; it starts at 1`);
}

function keeps(template: Template, filter: Filter): boolean {
  const value = String(template[filter.field as keyof Template]);
  if (filter.operator === 'eq' || filter.operator === 'exact') return value === filter.value;
  if (filter.operator === 'ne') return value !== filter.value;
  throw badInput(`Operator ${filter.operator} is not emulated; eq, exact and ne are`);
}

function sorted(templates: readonly Template[], sort: string): Template[] {
  const descending = sort.startsWith('-');
  const field = (descending ? sort.slice(1) : sort) as keyof Template;
  const ascending = templates.toSorted((a, b) => String(a[field]).localeCompare(String(b[field])));
  return descending ? ascending.reverse() : ascending;
}

/** Breeze's paging: pages count from 1 and hold 10, `offset` may stand in for `page`, `-name` sorts downwards. */
export function templatePage(
  types: readonly string[] | null | undefined,
  pagination: Pagination,
): TemplatePage {
  const limit = pagination.limit ?? 10;
  requirePositive('limit', limit);
  const page = pagination.page ?? Math.floor((pagination.offset ?? 0) / limit) + 1;
  requirePositive('page', page);
  const fitting = TEMPLATES.filter(
    (template) =>
      (types == null || types.includes(template.type_name)) &&
      (pagination.filter ?? []).every((filter) => keeps(template, filter)),
  );
  const ordered = pagination.sort == null ? fitting : sorted(fitting, pagination.sort);
  const start = pagination.offset ?? (page - 1) * limit;
  return {
    docs: ordered.slice(start, start + limit),
    totalDocs: fitting.length,
    page,
    totalPages: Math.ceil(fitting.length / limit),
    hasNextPage: start + limit < fitting.length,
  };
}
