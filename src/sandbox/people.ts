/** The sample people of a trial. Their passwords are sample data and stand on the sample provider's own page. */
export interface SamplePerson {
  readonly login: string
  readonly password: string
  readonly name: string
  readonly email: string
  readonly groups: readonly string[]
  readonly role: string
}

export const PEOPLE: readonly SamplePerson[] = [
  { login: 'ada', password: 'ada-sample', name: 'Ada Moreno', email: 'ada@northfield.example', groups: ['data-eng'], role: 'developer' },
  { login: 'grace', password: 'grace-sample', name: 'Grace Lindqvist', email: 'grace@northfield.example', groups: ['security-reviewers'], role: 'security reviewer' },
  { login: 'sam', password: 'sam-sample', name: 'Sam Okafor', email: 'sam@northfield.example', groups: ['auditors'], role: 'auditor' },
  { login: 'kim', password: 'kim-sample', name: 'Kim Tanaka', email: 'kim@northfield.example', groups: ['security-leads'], role: 'security lead' },
  { login: 'lee', password: 'lee-sample', name: 'Lee Novak', email: 'lee@northfield.example', groups: ['security-leads'], role: 'security lead' },
]
