/** Addresses of machines: IPv4, IPv6, MAC; and web addresses that carry credentials or personal data. */
import { isEveryones, isIpv4, isIpv6 } from '../checks/network.ts'
import type { Family } from './recogniser.ts'

// Names of query parameters whose value identifies a person or opens a door.
const QUERY = 'token|access_token|auth|authkey|api_?key|apikey|app_?id|app_?key|key|sig|signature|secret|password|passwd|pwd|session|sessionid|sid|code|otp|email|e-mail|phone|ssn|user|username|userid|user_id|name|jwt|invite|reset|x-amz-signature|x-amz-credential|x-amz-security-token|x-goog-signature|sv'

export const NETWORK: Family = {
  name: 'network',
  recognisers: [
    {
      type: 'IP',
      name: 'ipv4',
      version: 3,
      window: 'word',
      gate: { has: '.', twice: '.', digits: 4, minLength: 7 },
      pattern: /(?<![A-Za-z0-9.]|\w[-_])(?:\d{1,3}\.){3}\d{1,3}(?:\/\d{1,2}(?!\d))?(?![A-Za-z0-9]|_\w|\.\d+\.\d)/,
      valid: (value) => isIpv4(value) && !isEveryones(value),
      certainty: 'prefix',
      // Versions and object identifiers look alike.
      context: { not: /(?:version|\bver|release|\bv|oid|firmware|chrome\/|safari\/|gecko\/)[\s:=.]{0,3}$/i },
      hold: 32,
      examples: ['from «192.168.1.105» at noon', 'ip=«8.8.8.8»', '«10.0.0.0/8»', 'http://«172.16.254.1»:8080/', '«192.168.2.1»@eth0', 'from _«192.168.1.105»_ at noon'],
      counterExamples: ['1.2.840.113549.1.1.1', '256.1.2.3', 'version 1.2.3.4', 'text192.168.1.1', 'host_192.168.1.1', '192.168.1.1_old', '0.12.345678901', '1.2.3', 'http://127.0.0.1:8000/v1', '0.0.0.0:6379', 'netmask 255.255.255.0', 'http://169.254.169.254/latest'],
    },
    {
      type: 'IP',
      name: 'ipv6',
      version: 2,
      window: 'word',
      gate: { has: ':', twice: ':', minLength: 3 },
      pattern: /(?<![A-Za-z0-9:.]|\w_)(?:[0-9a-fA-F]{0,4}:){2,8}(?:[0-9a-fA-F]{1,4}|(?:\d{1,3}\.){3}\d{1,3}|(?<=::))(?:%[\w.]{1,15})?(?:\/\d{1,3}(?!\d))?(?![A-Za-z0-9]|_\w|:[\w:]|\.\d)/,
      valid: (value) => isIpv6(value),
      certainty: 'prefix',
      hold: 64,
      examples: ['at «2001:db8::1» now', '«::ffff:10.0.0.1»', '«fe80::1ff:fe23:4567:890a%eth0»', '«2001:db8::/32»', '[«684D:1111:222:3333:4444:5555:6:77»]:443', '«::1»', 'ping «2001:db8::1»: unreachable', '_«2001:db8::1»_'],
      counterExamples: ['12:34:56', 'std::vector', 'a::b', 'fe80::1text', '::', '::ffff:256.0.0.1', 'x:1:2:3', 'Foo::Bar::baz'],
    },
    {
      type: 'MAC',
      name: 'mac',
      version: 2,
      window: 'word',
      gate: { minLength: 12, twice: ':.-' },
      pattern: /(?<![A-Za-z0-9:-]|\w_)(?:[0-9a-fA-F]{2}([:-])(?:[0-9a-fA-F]{2}\1){4}[0-9a-fA-F]{2}|(?:[0-9a-fA-F]{4}\.){2}[0-9a-fA-F]{4})(?![A-Za-z0-9]|_\w|[:-]\w)/,
      valid: (value) => !/^[0:.-]+$/.test(value) && !/^[f:.-]+$/i.test(value),
      certainty: 'prefix',
      hold: 24,
      examples: ['mac «00:1A:2B:3C:4D:5E»', '«AA-BB-CC-DD-EE-FF»', 'cisco «0012.3456.789A»', '«00:1A:2B:3C:4D:5E»: up', '_«00:1A:2B:3C:4D:5E»_'],
      counterExamples: ['00:00:00:00:00:00', '00:1A:2B:3C:4D', '12:34:56', 'AA:BB-CC:DD-EE:FF', '00:1A:2B:3C:4D:5E:6F'],
    },
    {
      type: 'URL',
      name: 'url-query',
      version: 2,
      window: 'word',
      gate: { has: ':/=', minLength: 16 },
      starts: ['://'],
      pattern: new RegExp(String.raw`https?://[\w.:@[\]-]{2,200}(?:/[^\s?#]{0,300})?[?#](?:[^\s=&]{1,40}=[^\s&]{0,200}&(?:amp;)?){0,20}(?:${QUERY})=[^\s&]{4,}[^\s]*`, 'i'),
      valid: (value) => !/=(?:\$\{|\{\{|<|%s|\*{3}|x{4}|YOUR|your[_-])/.test(value),
      certainty: 'prefix',
      hold: 512,
      examples: ['«https://weather.example/now?q=Oslo&appid=8f3a1c9e5b7d2046»', 'click «https://example.com/verify?token=abc123def456»', '«https://b.example/o?x=1&access_token=eyJhbGciOiJI&y=2»', '«https://example.org/u?email=ada@example.com»'],
      counterExamples: ['https://example.com/page?id=4', 'https://example.com/?token=${TOKEN}', 'https://example.com/token', 'https://sonarcloud.io/api/badges/measure?project=a-b&metric=alert_status'],
    },
    {
      type: 'URL',
      name: 'url-own',
      version: 1,
      window: 'word',
      gate: { has: ':/.', minLength: 12 },
      starts: ['://'],
      pattern: /https?:\/\/[^\s]{4,}?(?=[.!?]?$)/,
      certainty: 'context',
      context: { left: /\b(?:my|his|her|their|personal|private|our) (?:\w{1,12} )?(?:web ?site|home ?page|blog|profile|portfolio|linkedin|page|facebook|instagram|url)(?: is| at)?[:\s]{1,3}$/i, required: true },
      hold: 512,
      examples: ['My website is «https://www.ada-lovelace.example/»', 'her LinkedIn profile: «https://linkedin.example/in/ada»'],
      counterExamples: ['see https://example.com/docs', 'the website is https://example.com'],
    },
  ],
}
