import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { isBase58Check, isBech32, isEthereumAddress, isRippleAddress } from '../../../src/core/masking/checks/cryptoAddress.ts'
import { keccak256Hex } from '../../../src/core/masking/checks/keccak.ts'
import { isIpv4, isIpv6 } from '../../../src/core/masking/checks/network.ts'
import { isDateLike, isInternationalNumber } from '../../../src/core/masking/checks/phone.ts'
import { madeOf } from '../../../src/core/masking/checks/made.ts'
import { isChosenKey, isChosenPassword, isKeyedSecret, isPasswordLiteral, isPlaceholder, isRandom } from '../../../src/core/masking/checks/secret.ts'
import { sha256 } from '../../../src/core/masking/checks/sha256.ts'

describe('hashes', () => {
  test('SHA-256 is what Node computes, over all block boundaries', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (data) => Buffer.from(sha256(data)).toString('hex') === createHash('sha256').update(data).digest('hex')),
    )
  })

  test('Keccak-256 gives the published digests and takes one block', () => {
    assert.equal(keccak256Hex(new Uint8Array()), 'c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470')
    assert.equal(keccak256Hex(new TextEncoder().encode('abc')), '4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45')
    assert.throws(() => keccak256Hex(new Uint8Array(136)), RangeError)
  })
})

describe('crypto addresses', () => {
  test('the examples of the Bitcoin, bech32, EIP-55 and Ripple documents hold', () => {
    assert.ok(isBase58Check('16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ'))
    assert.ok(isBech32('bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq'))
    assert.ok(isBech32('A12UEL5L'))
    assert.ok(isBech32('a1lqfn3a'))
    for (const address of ['0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed', '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359', '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB']) assert.ok(isEthereumAddress(address))
    assert.ok(isRippleAddress('rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh'))
  })

  test('one wrong character is found', () => {
    const address = '16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ'
    fc.assert(
      fc.property(fc.integer({ min: 0, max: address.length - 1 }), fc.constantFrom('2', '3', '7', '9', 'A', 'C', 'F', 'H', 'k', 'z'), (at, character) => {
        fc.pre(address[at] !== character)
        return !isBase58Check(address.slice(0, at) + character + address.slice(at + 1))
      }),
    )
    assert.equal(isBech32('bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdp'), false)
    assert.equal(isEthereumAddress('0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD'), false)
  })

  test('text of any length is answered', () => {
    assert.equal(isBase58Check('1'.repeat(10_000)), false)
    fc.assert(fc.property(fc.string(), (text) => [isBase58Check(text), isBech32(text), isEthereumAddress(text), isRippleAddress(text)].every((answer) => typeof answer === 'boolean')))
  })
})

describe('addresses of machines', () => {
  test('IPv4 needs four numbers up to 255', () => {
    for (const address of ['0.0.0.0', '192.168.1.105', '10.0.0.0/8']) assert.ok(isIpv4(address), address)
    for (const address of ['256.1.2.3', '1.2.3', '1.2.3.4.5', '01.2.3.4', '1.2.3.4/33']) assert.equal(isIpv4(address), false, address)
  })

  test('IPv6 follows RFC 4291, and names in code are none', () => {
    for (const address of ['2001:db8::1', '::1', '::ffff:10.0.0.1', '2001:db8::/32', 'fe80::1%eth0', '684D:1111:222:3333:4444:5555:6:77']) assert.ok(isIpv6(address), address)
    for (const address of ['::', 'a::b', 'dead::beef', '1:2:3', '2001::db8::1', '::ffff:256.0.0.1', '1:2:3:4:5:6:7:8:9', '12345::']) assert.equal(isIpv6(address), false, address)
  })
})

describe('telephone numbers', () => {
  test('a real country code and a length that fits make one', () => {
    for (const digits of ['14155550198', '905321234567', '41858069867', '447700921916', '35312345678']) assert.ok(isInternationalNumber(digits), digits)
    for (const digits of ['1415', '999123456789', '49', '141555501981234']) assert.equal(isInternationalNumber(digits), false, digits)
  })

  test('dates are told apart', () => {
    for (const text of ['2024-03-15', '20240315', '15.03.2024', '1/2/99']) assert.ok(isDateLike(text), text)
    for (const text of ['555-123-4567', '9469 9966']) assert.equal(isDateLike(text), false, text)
  })
})

describe('secrets without a marker', () => {
  test('entropy is that of the letters', () => {
    assert.equal(madeOf('aaaa').entropy, 0)
    assert.equal(madeOf('abcd').entropy, 2)
  })

  test('what a machine draws differs from what people name', () => {
    for (const text of ['p8f9pwgmuw4bx2dxp0zscnw16iwjp88u', '9bl5y2duihz0ets73mhb', '8f3a1c9e5b7d2046', '30763445101275846389749209501108', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCY', 'bzs8lk5gcmp6q6b6']) assert.ok(isRandom(text), text)
    for (const text of ['getTokenFromRequest2', 'my-app-secret-v12', 'sha256_hash', 'config2.value', '2024-01-02T10:00:00', 'v1.22.333', 'authentication', '12345']) assert.equal(isRandom(text), false, text)
  })

  test('placeholders stand for secrets and are none', () => {
    for (const text of ['xxxxxxxxxxxx', '<your-key>', '${TOKEN}', 'your-api-key', 'aaaaaaaaaaaaaaaa', 'process.env.TOKEN', '{{ token }}', 'abcdefghijklmnopqrstuvwxyz', '****']) assert.ok(isPlaceholder(text), text)
    for (const text of ['ghp_0000000000000000000000000000000FAKE', '9bl5y2duihz0ets73mhb']) assert.equal(isPlaceholder(text), false, text)
    assert.equal(isKeyedSecret('abdefghjk0123456789mnopqrstuvwx12345678'), false)
    assert.ok(isKeyedSecret('12345678-ABCD-ABCD-ABCD-1234567890AB'))
  })

  test('a chosen password has more than letters in it', () => {
    for (const text of ['hunter2', 'Tr0ub4dor&3', 's3cr3tPa55']) assert.ok(isChosenPassword(text), text)
    for (const text of ['required', 'string', '${PASS}', 'process.env.PASS1', 'https://x.example/1', 'abc', 'fn(1)']) assert.equal(isChosenPassword(text), false, text)
  })

  test('and may spell the word itself, other than the name of a field does', () => {
    for (const text of ['Password1', 'Passw0rd!', 'MyPassw0rd', 'changeme1']) assert.ok(isChosenPassword(text), text)
    for (const text of ['password1', 'PASSWORD2', 'my-password1', 'change-me']) assert.equal(isChosenPassword(text), false, text)
  })

  test('a literal where nothing but a password stands may be a word, and hold any mark', () => {
    for (const text of ['sunflower', 'Sunflower', 'Summer!', 'correct-horse-battery', 'qZkVdXwLmR', 'a[K9$mP2]zX7', '$K9mX2zQ', '/K9mX2zQ', 'K9.mX2.zQ', 'P@ss"w0rd!2024', 'it(s)9Blue', 'tideWater31']) assert.ok(isPasswordLiteral(text), text)
  })

  test('and is no label, type, variable, path or call', () => {
    for (const text of ['Password', 'Kennwort', 'Mot-de-passe', 'String!', 'required', 'getPassword', 'hashedPw', 'FORGOTTEN', '$PASSWORD2', '${PASS1}', '$(cat db1)', '/run/secrets/db1', 'config.password2', 'config["db1"]', 'getPw(1)', 'vault:secret/db1', 'https://x.example/1', '{{pw1}}', 'required|min:8', 'abc1']) assert.equal(isPasswordLiteral(text), false, text)
  })

  test('a chosen key has a digit, and is neither a sample nor a name', () => {
    for (const text of ['mysupersecretjwt2024', 'keyboardcat99', 'abc123def', 'acme-live-4821', 'tideWater31']) assert.ok(isChosenKey(text), text)
    for (const text of ['keyboardcat', 'test1234', 'config.key_2024', 'your-api-key1', 'next_token2', 'aes-256-gcm', '360messenger', 'id_rsa2.pem', '2024-01-02']) assert.equal(isChosenKey(text), false, text)
  })
})
