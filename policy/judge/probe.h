#ifndef POLICY_JUDGE_PROBE_H
#define POLICY_JUDGE_PROBE_H

/*
 * The message with which `verdict doctor` tries whether the filter judges.
 * It is judged and logged as any other, but belongs to nobody: nothing of it
 * is remembered, counted or kept in the journal, however often a monitor
 * asks. Nobody else can claim to be it, for no packets come from its address
 * (RFC 5737), which is what the MTA says, not a header.
 */

#define PROBE_CLIENT "192.0.2.1"
#define PROBE_HELO   "doctor.verdict.invalid"

#endif
