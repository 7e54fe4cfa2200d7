/** Tools in a body of any dialect, and what a body asks the provider itself to do: policy decides by their names. */
import { member, textOf } from '../json/edit.ts'
import type { JsonNode } from '../json/read.ts'

/** Members of a body that make the provider look something up, whichever server speaks the dialect. */
const SEARCHES = ['web_search_options', 'search_parameters', 'search_settings', 'enable_search']

/** Tools by name, or by type where they have none. */
export function offeredTools(root: JsonNode): string[] {
  const lists = [member(root, 'tools'), member(root, 'functions'), member(member(root, 'toolConfig'), 'tools'), member(member(root, 'tool_config'), 'tools')]
  return [...lists.flatMap(itemsOf).flatMap(nameOf), ...providerTools(root)]
}

/** What no list of tools names: searches, plug-ins, and servers of tools. */
export function providerTools(root: JsonNode): string[] {
  const searches = SEARCHES.some((name) => isAsked(member(root, name)))
  const plugins = itemsOf(member(root, 'plugins')).map((plugin) => textOf(member(plugin, 'id')) ?? 'plugin')
  return [...(searches ? ['web_search'] : []), ...plugins, ...(isAsked(member(root, 'mcp_servers')) ? ['mcp'] : []), ...(isAsked(member(root, 'connectors')) ? ['connectors'] : [])]
}

function isAsked(node: JsonNode | undefined): boolean {
  return node !== undefined && node.type !== 'null' && !(node.type === 'boolean' && node.value === false)
}

function itemsOf(node: JsonNode | undefined): readonly JsonNode[] {
  return node === undefined || node.type === 'null' ? [] : node.type === 'array' ? node.items : [node]
}

function nameOf(tool: JsonNode): string[] {
  const name = [tool, member(tool, 'function'), member(tool, 'toolSpec'), member(tool, 'systemTool')].map((node) => textOf(member(node, 'name'))).find((one) => one !== undefined)
  return [name ?? textOf(member(tool, 'type')) ?? 'unnamed']
}
