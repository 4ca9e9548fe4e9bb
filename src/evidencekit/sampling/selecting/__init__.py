"""Selection of units by their chances, on arrays: positions come out; frames, identifiers and records are the caller's.

Every draw is ``draw_...(chances, u)``: chances of N units and a source of random numbers (`evidencekit.sampling.streams`). It returns the
sorted positions of the chosen units; with replacement, how often each is chosen. A unit of chance 1 is always chosen, one of chance 0
never, and chances that add up to a whole number give exactly that many units. Each module says which numbers it uses, so that anyone can
repeat a draw. In this room, a unit is *open* when its chance lies strictly between 0 and 1; only open units use random numbers.

::

    chances.py         sizes to chances, units that are certain
    simple.py          simple random sampling, with and without replacement
    systematic.py      systematic, in the order given, in random order, circular
    poisson.py         Poisson
    order_sampling.py  Pareto, sequential Poisson, exponential, and their true chances
    conditional.py     conditional Poisson (maximum entropy)
    trials.py          sums of independent trials, which fixed-size designs are made of
    sampford.py        Sampford
    brewer.py          Brewer
    pivotal.py         pivotal, in the order given and in random order
    local_pivotal.py   local pivotal
    cube.py            balanced sampling
    joint.py           the chances of pairs under each of these
"""
