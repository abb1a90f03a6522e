/* Actor Paxos with a bag as network, for Spin: the same states and transitions as the engines of conformance/src/golden.
   N acceptors, two proposers (ballot b, own value b), one learner. A message is a slot of its own, since each is sent at most
   once; an empty slot is 0, so that what was consumed leaves nothing behind. Ballots and values are kept as number + 1.
   Written for speed: no loops, no helper variables in the state, one process. */
#ifndef N
#define N 4
#endif

byte promised[N], votedBallot[N], votedValue[N];
byte phase[2];
byte store[2 * N];        /* of proposer b, from acceptor a: 1 + 3 * voted ballot + voted value */
byte votes[2 * N];        /* seen by the learner: value of acceptor a in ballot b */
bit decided[2];

bit prepare[2 * N];       /* P(b) to a */
byte promise[2 * N];      /* R(a, b, vb, vv) to b, like store */
byte accept[2 * N];       /* A(b, v) to a */
byte accepted[2 * N];     /* D(a, b, v) */

hidden byte best;

#define AT(a, b) ((b) * N + (a))
#if N > 3
#define SUM(term, b) (term(0, b) + term(1, b) + term(2, b) + term(3, b))
#define EACH(stmt, b) stmt(0, b); stmt(1, b); stmt(2, b); stmt(3, b)
#else
#define SUM(term, b) (term(0, b) + term(1, b) + term(2, b))
#define EACH(stmt, b) stmt(0, b); stmt(1, b); stmt(2, b)
#endif

#define ASK(a, b) prepare[AT(a, b)] = 1
#define STORED(a, b) (store[AT(a, b)] != 0)
/* Of two votes the one of the higher ballot is the greater number, so the greatest is the one to follow. */
#define HIGHEST(a, b) best = (store[AT(a, b)] > best -> store[AT(a, b)] : best)
#define REQUEST(a, b) store[AT(a, b)] = 0; accept[AT(a, b)] = best
#define VOTED(a, b) (votes[AT(a, b)] == best)

inline onPromise(a, b) {
  if
  :: phase[b] == 1 ->
     store[AT(a, b)] = promise[AT(a, b)];
     if
     :: SUM(STORED, b) * 2 > N ->
        best = 0;
        EACH(HIGHEST, b);
        best = (best > 3 -> (best - 1) % 3 : b + 1);
        phase[b] = 2;
        EACH(REQUEST, b)
     :: else
     fi
  :: else
  fi;
  promise[AT(a, b)] = 0
}

#define DELIVER(a, b) \
  :: d_step { prepare[AT(a, b)] != 0 -> \
       prepare[AT(a, b)] = 0; \
       if \
       :: b + 1 > promised[a] -> promised[a] = b + 1; promise[AT(a, b)] = 1 + 3 * votedBallot[a] + votedValue[a] \
       :: else \
       fi } \
  :: d_step { promise[AT(a, b)] != 0 -> onPromise(a, b) } \
  :: d_step { accept[AT(a, b)] != 0 -> \
       if \
       :: b + 1 >= promised[a] -> \
          promised[a] = b + 1; votedBallot[a] = b + 1; \
          votedValue[a] = accept[AT(a, b)]; accepted[AT(a, b)] = accept[AT(a, b)] \
       :: else \
       fi; \
       accept[AT(a, b)] = 0 } \
  :: d_step { accepted[AT(a, b)] != 0 -> \
       best = accepted[AT(a, b)]; votes[AT(a, b)] = best; accepted[AT(a, b)] = 0; \
       if :: SUM(VOTED, b) * 2 > N -> decided[best - 1] = 1 :: else fi; \
       assert(!(decided[0] && decided[1])) }

#if N > 3
#define BALLOT(b) DELIVER(0, b) DELIVER(1, b) DELIVER(2, b) DELIVER(3, b)
#else
#define BALLOT(b) DELIVER(0, b) DELIVER(1, b) DELIVER(2, b)
#endif

active proctype world() {
end:
  do
  :: d_step { phase[0] == 0 -> phase[0] = 1; EACH(ASK, 0) }
  :: d_step { phase[1] == 0 -> phase[1] = 1; EACH(ASK, 1) }
  BALLOT(0)
  BALLOT(1)
  od
}
