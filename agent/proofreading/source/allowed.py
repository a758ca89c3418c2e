"""The commands that a section may use: what LaTeX, amsmath, amssymb and the paper's own preamble offer to a writer.

What does not stand here is not set. Nothing here reads or writes a file, defines a command, changes how TeX reads, acts
when the PDF is opened, ends the paper or hides words.
"""

from __future__ import annotations

_TEXT = """
emph textbf textit texttt textrm textsf textsc textsl textup textmd textnormal underline text mbox fbox textsuperscript
textsubscript textcolor color bfseries itshape ttfamily rmfamily sffamily scshape upshape mdseries slshape normalfont em bf it tt rm sf sc
tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge
paragraph subparagraph subsection subsubsection footnote footnotemark footnotetext
par noindent indent newline linebreak nolinebreak pagebreak nopagebreak allowbreak sloppy fussy nobreak
quad qquad hspace vspace hskip vskip hfill vfill texorpdfstring smallskip medskip bigskip enspace enskip thinspace negthinspace medspace thickspace negmedspace
negthickspace space nobreakspace
centering raggedright raggedleft item url href nolinkurl path verb
ldots dots textellipsis dag ddag S P pounds copyright textdegree texttrademark textregistered textcopyright
textbackslash textasciitilde textasciicircum textunderscore textbar textless textgreater textbraceleft textbraceright textdollar
textendash textemdash textquoteleft textquoteright textquotedblleft textquotedblright textquotesingle textbullet textperiodcentered
textasteriskcentered textdagger textdaggerdbl textpm texttimes textdiv textmu textohm textcelsius textsection textparagraph
textonehalf textonequarter textthreequarters textonesuperior texttwosuperior textthreesuperior textperthousand texteuro textsterling
textminus textrightarrow textleftarrow textuparrow textdownarrow textexclamdown textquestiondown textvisiblespace textordfeminine
textordmasculine textsurd textlnot textbrokenbar textnumero textcent textyen guillemotleft guillemotright
aa AA ae AE oe OE o O ss SS l L i j th TH dh DH dj DJ ng NG c v u H d b k r t textcommabelow
slash relax protect TeX LaTeX ensuremath enquote nobreakdashes
"""
_FLOATS = """
caption captionof subcaption label ref eqref autoref pageref nameref subref cref Cref hyperref includegraphics subcaptionbox
cite citep citet citealp citealt citeauthor citeyear citeyearpar Citet Citep Citealp Citealt Citeauthor citenum
hline cline toprule midrule bottomrule cmidrule addlinespace morecmidrules specialrule multicolumn multirow makecell thead rowcolor
cellcolor columncolor arraybackslash tabularnewline arraycolsep tabcolsep arraystretch extracolsep fill textwidth linewidth columnwidth
textheight hsize endhead endfirsthead endfoot endlastfoot resizebox scalebox rotatebox raisebox parbox height width depth strut
setlength addtolength baselineskip abovecaptionskip belowcaptionskip itemsep parskip parsep topsep leftmargin parindent
floatsep textfloatsep intextsep dimexpr
"""
_MATHS = """
frac dfrac tfrac cfrac binom dbinom tbinom genfrac nicefrac sqrt root stackrel overset underset overbrace underbrace overline
overleftarrow overrightarrow overleftrightarrow underleftarrow underrightarrow underleftrightarrow widehat widetilde hat check tilde
acute grave dot ddot dddot ddddot breve bar vec mathring xrightarrow xleftarrow xleftrightarrow xRightarrow xLeftarrow
xLeftrightarrow xmapsto xhookrightarrow xhookleftarrow boxed substack sideset smash mathstrut tag notag nonumber intertext
shortintertext displaybreak allowdisplaybreaks shoveleft shoveright limits nolimits displaylimits
displaystyle textstyle scriptstyle scriptscriptstyle left right middle big Big bigg Bigg bigl bigr bigm Bigl Bigr Bigm biggl biggr biggm
Biggl Biggr Biggm lvert rvert lVert rVert vert Vert langle rangle lfloor rfloor lceil rceil lbrace rbrace lbrack rbrack ulcorner urcorner
llcorner lrcorner lgroup rgroup lmoustache rmoustache backslash uparrow downarrow updownarrow Uparrow Downarrow Updownarrow
mathrm mathbf mathit mathsf mathtt mathcal mathbb mathfrak mathnormal mathscr boldsymbol bm pmb operatorname mathop mathbin mathrel
mathord mathopen mathclose mathpunct mathinner mathchoice cdots vdots ddots dotsc dotsb dotsm dotsi dotso mod bmod pmod pod
mathclap mathllap mathrlap coloneqq Coloneqq eqqcolon coloneq eqcolon vcentcolon dblcolon adjustlimits prescript cramped
over choose atop not bot top mathellipsis
arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf injlim ker lg lim liminf limsup ln log max min Pr projlim
sec sin sinh sup tan tanh varinjlim varprojlim varliminf varlimsup argmin argmax
alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda mu nu xi pi varpi rho varrho sigma varsigma
tau upsilon phi varphi chi psi omega digamma Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega varGamma varDelta varTheta
varLambda varXi varPi varSigma varUpsilon varPhi varPsi varOmega aleph beth gimel daleth ell hbar hslash imath jmath wp Re Im partial nabla
infty emptyset varnothing forall exists nexists neg lnot complement prime backprime angle measuredangle sphericalangle triangle
triangledown square Box Diamond diamond lozenge blacksquare blacklozenge blacktriangle blacktriangledown bigstar star diamondsuit heartsuit
clubsuit spadesuit flat natural sharp surd mho eth Finv Game Bbbk circledS circledR maltese checkmark yen
sum prod coprod int iint iiint iiiint idotsint oint bigcap bigcup bigvee bigwedge bigodot bigoplus bigotimes biguplus bigsqcup intop
pm mp times div cdot cdotp ast circ bullet oplus ominus otimes oslash odot dagger ddagger amalg cap cup uplus sqcap sqcup vee wedge lor
land setminus smallsetminus wr bigcirc bigtriangleup bigtriangledown triangleleft triangleright lhd rhd unlhd unrhd dotplus centerdot
ltimes rtimes leftthreetimes rightthreetimes circleddash circledast circledcirc boxplus boxminus boxtimes boxdot veebar barwedge
doublebarwedge curlywedge curlyvee intercal divideontimes Cap Cup doublecap doublecup colon
le leq ge geq ne neq leqq geqq leqslant geqslant ll gg lll ggg llless gggtr lessgtr gtrless lesseqgtr gtreqless lesseqqgtr gtreqqless
lessdot gtrdot lesssim gtrsim lessapprox gtrapprox eqslantless eqslantgtr equiv sim simeq approx approxeq thicksim thickapprox backsim
backsimeq cong asymp doteq doteqdot Doteq eqsim eqcirc circeq triangleq bumpeq Bumpeq risingdotseq fallingdotseq propto varpropto models
vdash dashv vDash Vdash Vvdash perp mid parallel shortmid shortparallel bowtie Join smile frown smallsmile smallfrown between pitchfork
therefore because in ni owns notin subset supset subseteq supseteq subseteqq supseteqq subsetneq supsetneq subsetneqq supsetneqq
varsubsetneq varsupsetneq Subset Supset sqsubset sqsupset sqsubseteq sqsupseteq prec succ preceq succeq preccurlyeq succcurlyeq
curlyeqprec curlyeqsucc precsim succsim precapprox succapprox precnsim succnsim precnapprox succnapprox precneqq succneqq vartriangle
vartriangleleft vartriangleright trianglelefteq trianglerighteq blacktriangleleft blacktriangleright multimap backepsilon
nless ngtr nleq ngeq nleqslant ngeqslant nleqq ngeqq lneq gneq lneqq gneqq lvertneqq gvertneqq lnsim gnsim lnapprox gnapprox nsim ncong
nmid nparallel nshortmid nshortparallel nvdash nvDash nVdash nVDash nprec nsucc npreceq nsucceq nsubseteq nsupseteq nsubseteqq nsupseteqq
ntriangleleft ntriangleright ntrianglelefteq ntrianglerighteq
to gets mapsto longmapsto leftarrow rightarrow leftrightarrow Leftarrow Rightarrow Leftrightarrow longleftarrow longrightarrow
longleftrightarrow Longleftarrow Longrightarrow Longleftrightarrow iff implies impliedby hookleftarrow hookrightarrow leftharpoonup
leftharpoondown rightharpoonup rightharpoondown rightleftharpoons leftrightharpoons nearrow searrow swarrow nwarrow leadsto
rightsquigarrow leftrightsquigarrow dashrightarrow dashleftarrow leftleftarrows rightrightarrows leftrightarrows rightleftarrows
upuparrows downdownarrows upharpoonleft upharpoonright downharpoonleft downharpoonright twoheadleftarrow twoheadrightarrow
leftarrowtail rightarrowtail looparrowleft looparrowright curvearrowleft curvearrowright circlearrowleft circlearrowright Lsh Rsh
Lleftarrow Rrightarrow nleftarrow nrightarrow nleftrightarrow nLeftarrow nRightarrow nLeftrightarrow
"""
_PSEUDOCODE = """
State Statex Require Ensure Input Output If ElsIf Else EndIf For ForAll EndFor While EndWhile Repeat Until Loop EndLoop Function
EndFunction Procedure EndProcedure Call Return Comment STATE REQUIRE ENSURE INPUT OUTPUT IF ELSIF ELSE ENDIF FOR FORALL ENDFOR WHILE
ENDWHILE REPEAT UNTIL LOOP ENDLOOP RETURN COMMENT PRINT
"""
_FROM_OUR_PREAMBLE = (
    "cref Cref multirow makecell thead nicefrac enquote mathscr argmin argmax bm coloneqq Coloneqq eqqcolon coloneq eqcolon "
    "vcentcolon dblcolon mathclap mathllap mathrlap adjustlimits prescript cramped shortintertext"
)
_LENGTHS = "tabcolsep arraycolsep itemsep parskip parsep topsep leftmargin parindent abovecaptionskip belowcaptionskip"
SYMBOLS = frozenset("\\,;:!> %$#&_{}-/()[]\"'`^~=.|@*+<\n\t")
"""The signs that may follow a backslash."""
COMMANDS = frozenset(f"{_TEXT} {_FLOATS} {_MATHS} {_PSEUDOCODE} qedhere qed begin end".split())
"""The names of the commands that may stand in a section."""
OURS = frozenset(f"{_PSEUDOCODE} {_FROM_OUR_PREAMBLE}".split())
"""Those that the shipped preamble brings: where a template has a preamble of its own, that must have them."""
SETTABLE = frozenset(_LENGTHS.split())
"""The lengths that a section may set."""
