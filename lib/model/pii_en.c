#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "model/pii_en.h"

/* Common given names, sorted. */
static const char *const given[] = {"aaron", "abby", "abdul", "abdullah", "abigail", "abraham", "adam", "adrian",
    "adriana", "agnes", "agnieszka", "ahmed", "aidan", "aiden", "aiko", "aisha", "akira", "alan", "albert",
    "alberto", "alejandra", "alejandro", "aleksandr", "alessandro", "alex", "alexander", "alexandra", "alexei",
    "alexis", "alfred", "ali", "alice", "alicia", "alison", "allan", "allen", "allison", "alyssa", "amanda", "amber",
    "amelia", "amir", "amit", "amy", "ana", "anastasia", "anders", "andre", "andrea", "andreas", "andrei", "andrew",
    "andy", "angela", "angelina", "angus", "anita", "anjali", "ann", "anna", "anne", "annie", "anthony", "anton",
    "antonio", "anya", "april", "arjun", "arnold", "arthur", "asha", "ashley", "audrey", "austin", "ava", "barbara",
    "barry", "beatrice", "becky", "bella", "ben", "benjamin", "bernard", "bernice", "beth", "bethany", "betty",
    "beverly", "bianca", "bonnie", "boris", "brad", "bradley", "brandon", "brenda", "brendan", "brent", "brett",
    "brian", "bridget", "brittany", "bruce", "bryan", "caitlin", "calvin", "cameron", "camille", "carl", "carla",
    "carlos", "carmen", "carol", "carole", "caroline", "carolyn", "carrie", "cassandra", "catherine", "cathy",
    "cecilia", "chad", "charles", "charlie", "charlotte", "chelsea", "cheryl", "chloe", "chris", "christian",
    "christina", "christine", "christopher", "cindy", "claire", "clara", "clarence", "claude", "claudia", "clifford",
    "clive", "colin", "connie", "connor", "conor", "courtney", "craig", "cristina", "crystal", "curtis", "cynthia",
    "daisy", "dale", "daniel", "daniela", "danielle", "danny", "darren", "dave", "david", "dawn", "dean", "debbie",
    "deborah", "debra", "deepak", "denise", "dennis", "derek", "desmond", "diana", "diane", "diego", "dmitri",
    "dmitry", "dolores", "dominic", "donald", "donna", "doris", "dorothy", "douglas", "drew", "duncan", "dylan",
    "eddie", "edith", "edmund", "eduardo", "edward", "edwin", "eileen", "elaine", "eleanor", "elena", "eli", "elias",
    "elijah", "elisa", "elizabeth", "ella", "ellen", "ellie", "elsa", "emily", "emma", "enrique", "eric", "erica",
    "erik", "erin", "ernest", "esther", "ethan", "eugene", "eva", "evan", "evelyn", "ewa", "faith", "fatima",
    "felicity", "felix", "fernando", "fiona", "florence", "frances", "francesca", "francis", "francisco", "frank",
    "fred", "frederick", "gabriel", "gabriela", "gareth", "gary", "gavin", "gemma", "geoff", "geoffrey", "george",
    "georgia", "gerald", "gerard", "gina", "giovanni", "giulia", "gladys", "glen", "glenn", "gloria", "gordon",
    "grace", "graham", "greg", "gregory", "greta", "guillermo", "gunther", "gwen", "hamid", "hannah", "hans",
    "harmony", "harold", "harriet", "harry", "harvey", "hassan", "hazel", "heather", "hector", "heidi", "helen",
    "helena", "henry", "herbert", "hilary", "hiroshi", "holly", "hope", "howard", "hugh", "hugo", "hussein", "ian",
    "ibrahim", "igor", "imran", "ines", "ingrid", "irene", "iris", "isaac", "isabel", "isabella", "isla", "ivan",
    "jack", "jackie", "jackson", "jacob", "jacqueline", "jake", "jamal", "james", "jamie", "jan", "jane", "janet",
    "janice", "jared", "jasmine", "jason", "javier", "jay", "jean", "jeff", "jeffrey", "jenna", "jennifer", "jenny",
    "jeremy", "jerome", "jerry", "jesse", "jessica", "jesus", "jill", "jim", "jimmy", "joan", "joanna", "joanne",
    "joe", "joel", "johan", "johanna", "johannes", "john", "johnny", "jon", "jonathan", "jordan", "jorge", "jose",
    "josef", "joseph", "josephine", "josh", "joshua", "joy", "joyce", "juan", "juanita", "judith", "judy", "julia",
    "julian", "juliana", "julie", "juliet", "julio", "june", "justin", "kamal", "karen", "karim", "karina", "karl",
    "kate", "katherine", "kathleen", "kathryn", "kathy", "katie", "katrina", "kay", "kayla", "keith", "kelly",
    "kelvin", "ken", "kenji", "kenneth", "kenny", "kevin", "kim", "kimberly", "kiran", "kirsten", "kofi", "krishna",
    "kristen", "kristin", "kristina", "krzysztof", "kumar", "kurt", "kyle", "lakshmi", "lara", "larry", "lars",
    "laura", "lauren", "laurence", "laurie", "lawrence", "leah", "leila", "lena", "leo", "leon", "leonard",
    "leonardo", "leroy", "leslie", "lewis", "liam", "lillian", "lily", "lincoln", "linda", "lindsay", "lindsey",
    "lisa", "lloyd", "logan", "lois", "lola", "lorenzo", "lorraine", "louis", "louise", "luca", "lucas", "lucia",
    "lucy", "luis", "luke", "lydia", "lynn", "mabel", "madeline", "madison", "magda", "magdalena", "maggie",
    "mahmoud", "manuel", "marc", "marcel", "marcia", "marco", "marcos", "marcus", "margaret", "maria", "mariam",
    "marian", "marie", "marilyn", "mario", "marion", "marissa", "marjorie", "mark", "marlene", "marta", "martha",
    "martin", "martina", "marvin", "mary", "mason", "mateo", "mathew", "matt", "matteo", "matthew", "maureen",
    "maurice", "may", "meera", "megan", "mehmet", "melanie", "melissa", "mercedes", "mia", "michael", "michele",
    "michelle", "miguel", "mike", "mikhail", "mildred", "miles", "mimi", "miranda", "miriam", "mitchell", "mohamed",
    "mohammad", "mohammed", "molly", "monica", "monika", "morgan", "muhammad", "murray", "mustafa", "myra", "nadia",
    "nancy", "naomi", "natalia", "natalie", "natasha", "nathan", "nathaniel", "neha", "neil", "nelson", "nicholas",
    "nick", "nicola", "nicolas", "nicole", "nigel", "nikhil", "nikita", "nina", "noah", "noel", "nora", "norma",
    "norman", "olga", "olive", "oliver", "olivia", "omar", "oscar", "otto", "owen", "pablo", "pamela", "paola",
    "parvati", "pat", "patricia", "patrick", "paul", "paula", "paulina", "pauline", "pedro", "peggy", "penelope",
    "penny", "percy", "perry", "pete", "peter", "petra", "phil", "philip", "phillip", "phoebe", "phyllis", "pierce",
    "pierre", "pooja", "priya", "rachel", "rafael", "raj", "rajesh", "ralph", "ramesh", "ramon", "randall", "randy",
    "rashid", "raul", "ravi", "ray", "raymond", "rebecca", "regina", "rene", "renee", "ricardo", "rich", "richard",
    "rick", "ricky", "rita", "rob", "robert", "roberta", "roberto", "robin", "rodney", "roger", "rohan", "roland",
    "ron", "ronald", "ronnie", "rosa", "rosalie", "rose", "rosemary", "ross", "roxanne", "roy", "ruben", "ruby",
    "rupert", "russell", "ruth", "ryan", "sabrina", "sally", "salma", "sam", "samantha", "samir", "samuel", "sandra",
    "sandy", "sanjay", "santiago", "sara", "sarah", "scott", "sean", "sebastian", "sergei", "sergey", "sergio",
    "seth", "shane", "shannon", "sharon", "shaun", "shawn", "sheila", "shelley", "sheryl", "shirley", "sidney",
    "simon", "simone", "sofia", "sonia", "sophia", "sophie", "stacey", "stacy", "stan", "stanley", "stefan",
    "stella", "stephanie", "stephen", "steve", "steven", "stuart", "sue", "summer", "sunil", "sunita", "susan",
    "susie", "suzanne", "sven", "svetlana", "sydney", "sylvia", "takeshi", "tamara", "tanya", "tara", "tariq", "ted",
    "terence", "teresa", "terry", "thelma", "theodore", "theresa", "thomas", "tiffany", "tim", "timothy", "tina",
    "toby", "todd", "tom", "tommy", "toni", "tony", "tracey", "tracy", "trevor", "trinity", "trisha", "tristan",
    "tyler", "ursula", "valentina", "valerie", "vanessa", "vera", "vernon", "veronica", "victor", "victoria",
    "vijay", "vikram", "vincent", "viola", "violet", "virginia", "vivian", "vivienne", "vladimir", "walter", "wanda",
    "warren", "wayne", "wendy", "wesley", "wilfred", "will", "william", "winston", "xavier", "yasmin", "yolanda",
    "yosef", "yuki", "yuri", "yusuf", "yvette", "yvonne", "zachary", "zainab", "zara", "zoe", "zoey"};
/* Those of them that are words, places or brands as well: a family name has to follow. */
static const char *const doubtful[] = {"alexis", "amber", "april", "asha", "austin", "ava", "chad", "chelsea",
    "christian", "crystal", "daisy", "dale", "dawn", "dean", "drew", "eli", "faith", "florence", "frank", "georgia",
    "grace", "harmony", "hazel", "holly", "hope", "iris", "ivan", "jack", "jackson", "jan", "jasmine", "jay",
    "jesus", "jordan", "joy", "june", "kay", "ken", "kim", "kiran", "leo", "lily", "lincoln", "logan", "lola",
    "madison", "mark", "mason", "may", "mercedes", "mia", "miles", "mimi", "morgan", "nelson", "nick", "nikita",
    "olive", "pat", "penny", "perry", "pierce", "ray", "regina", "rich", "rick", "rob", "robin", "rose", "rosemary",
    "ross", "ruby", "sandy", "santiago", "stan", "stella", "sue", "summer", "sydney", "ted", "tony", "trinity",
    "victoria", "viola", "violet", "virginia", "warren", "wesley", "will"};
/* Family names of Chinese people in Latin letters. */
static const char *const chinese[] = {"bai", "cai", "cao", "chan", "chang", "chen", "cheng", "cheung", "chow", "cui",
    "dai", "deng", "ding", "dong", "du", "duan", "fan", "fang", "feng", "fu", "gao", "gong", "gu", "guo", "han",
    "hao", "he", "ho", "hou", "hu", "huang", "jia", "jiang", "jin", "kang", "kong", "kwok", "lai", "lam", "lau",
    "lee", "lei", "leung", "li", "liang", "liao", "lin", "liu", "lu", "luo", "lv", "ma", "mao", "meng", "ng", "ning",
    "pan", "peng", "qian", "qiao", "qin", "qiu", "ren", "shao", "shen", "shi", "song", "su", "sun", "tan", "tang",
    "tian", "tsang", "wan", "wang", "wei", "wen", "wong", "wu", "xia", "xiao", "xie", "xiong", "xu", "xue", "yan",
    "yang", "yao", "ye", "yin", "yip", "yu", "yuan", "zeng", "zhang", "zhao", "zheng", "zhong", "zhou", "zhu", "zou"};
/* Words that stand in capitals behind a cue, or behind Mr., and are no names. */
static const char *const never[] = {"about", "absolutely", "account", "actually", "admin", "advisor", "africa",
    "after", "all", "also", "always", "amazon", "ambassador", "america", "american", "an", "and", "android", "angry",
    "annoyed", "another", "any", "anyone", "apartment", "app", "apple", "april", "are", "as", "asia", "asian",
    "asking", "at", "august", "australian", "back", "bank", "bean", "beast", "been", "before", "being", "big",
    "bill", "black", "blue", "board", "boss", "both", "branch", "british", "building", "business", "but", "buyer",
    "buyers", "by", "call", "calling", "can", "canadian", "card", "care", "center", "centre", "chairman",
    "chairwoman", "china", "chinese", "christmas", "city", "clean", "club", "coffee", "college", "com", "company",
    "complaints", "confirmed", "congressman", "constantly", "could", "customer", "customers", "data", "day",
    "december", "deeply", "delighted", "department", "desk", "did", "disappointed", "do", "does", "done",
    "doubtfire", "dre", "due", "during", "easter", "electronics", "email", "engineer", "england", "english",
    "europe", "ever", "every", "everyone", "experience", "extremely", "fan", "february", "feedback", "first",
    "fixit", "focus", "for", "french", "friday", "friendly", "friends", "from", "full", "fusion", "galaxy",
    "general", "german", "girl", "glad", "going", "google", "governor", "green", "group", "guarantee", "had",
    "happy", "has", "have", "health", "help", "her", "here", "his", "hospital", "hotline", "house", "how", "however",
    "huawei", "hurt", "hyde", "if", "in", "incredible", "indian", "info", "information", "insurance",
    "international", "iphone", "is", "issues", "it", "january", "japanese", "jekyll", "journey", "judge", "july",
    "june", "just", "keep", "korean", "last", "late", "lawyer", "legal", "legend", "lifetime", "line", "literally",
    "live", "london", "love", "loves", "loyalty", "machine", "mad", "magoo", "mail", "man", "manager", "march",
    "market", "martens", "maths", "max", "mayor", "me", "member", "mercury", "microsoft", "million", "minister",
    "mobile", "monday", "money", "more", "most", "mouse", "muscle", "muslim", "my", "never", "new", "news", "next",
    "nice", "no", "nobody", "not", "note", "nothing", "november", "now", "october", "oetker", "of", "off", "office",
    "officer", "official", "ok", "on", "one", "online", "only", "open", "or", "order", "our", "out", "over", "owner",
    "paid", "parent", "party", "pay", "peanut", "people", "pepper", "perfect", "phone", "phones", "please", "plus",
    "police", "policy", "popular", "portal", "potato", "president", "price", "prime", "privacy", "pro", "proud", "queries",
    "quite", "rated", "reading", "ready", "really", "red", "refund", "regarding", "relations", "relationship", "rep",
    "report", "representative", "retention", "review", "reviews", "right", "rights", "robot", "room", "russian",
    "safety", "sales", "samsung", "satisfaction", "saturday", "scholl", "school", "score", "secretary", "section",
    "security", "sell", "seller", "senator", "september", "service", "services", "seuss", "she", "shop", "shopping",
    "should", "sick", "sir", "so", "society", "sony", "sorry", "speaker", "speedy", "spring", "staff", "star",
    "still", "stop", "store", "strange", "street", "student", "students", "success", "such", "sunday", "support",
    "sure", "surely", "surveys", "system", "t", "talk", "teacher", "team", "tech", "technical", "telling", "tesla",
    "thank", "thanks", "that", "the", "their", "them", "then", "there", "these", "they", "think", "this", "those",
    "thought", "thursday", "time", "to", "today", "told", "too", "tried", "true", "truly", "trust", "tuesday", "tv",
    "twice", "uk", "unbelievable", "understand", "universe", "university", "until", "up", "update", "upset", "us",
    "usa", "usage", "use", "user", "users", "very", "via", "village", "visa", "voice", "waiting", "want", "was",
    "watch", "we", "website", "wednesday", "week", "well", "were", "what", "when", "where", "which", "white", "who",
    "why", "will", "with", "women", "wonderful", "world", "worried", "worst", "would", "xiaomi", "year", "years",
    "yes", "you", "your", "zone"};

/* --- words ---------------------------------------------------------------------------------------------------------- */

enum { W_MAX = 20 };
struct w {
	char t[W_MAX + 1]; /* in lower case */
	size_t n;
};

static bool
letter(uint32_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
upper(uint32_t c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
apostrophe(uint32_t c)
{
	return c == '\'' || c == 0x2019;
}

static int
by_text(const void *key, const void *element)
{
	return strcmp(key, *(const char *const *)element);
}

#define IN(word, list) (bsearch((word), (list), sizeof(list) / sizeof *(list), sizeof *(list), by_text) != NULL)

/* A word of letters at i; O'Brien and Jean-Luc are one, a closing 's is no part. Index behind it, i when there is none. */
static size_t
word_at(const struct pii_scan *s, size_t i, struct w *w)
{
	w->n = 0;
	while (i < s->n && w->n < W_MAX) {
		uint32_t c = s->cp[i];

		if (!letter(c) && !((apostrophe(c) || c == '-') && w->n > 0 && upper(s->cp[i + 1])))
			break;
		w->t[w->n++] = apostrophe(c) ? '\'' : to_lower((char)c);
		i++;
	}
	w->t[w->n] = '\0';
	return i;
}

/* A word written as names are: a capital, small letters behind it. */
static size_t
capital_at(const struct pii_scan *s, size_t i, struct w *w)
{
	size_t end = word_at(s, i, w);

	return w->n >= 2 && upper(s->cp[i]) && (!upper(s->cp[i + 1])) && !letter(s->cp[end]) && !(s->cp[end] >= '0' && s->cp[end] <= '9') ? end : i;
}

/* The word that ends before *i, over what may stand between a cue and a name; *between gets the marks found there. */
enum { SPACE = 1u, COLON = 2u, COMMA = 4u, DOT = 8u, LINE = 16u, OTHER = 32u };
static void
word_before(const struct pii_scan *s, size_t *i, struct w *w, unsigned *between)
{
	size_t p = *i, k;

	for (*between = 0, k = 0; p > 0 && k < 6; p--, k++) {
		uint32_t c = s->cp[p - 1];

		if (c == ' ' || c == '\t')
			*between |= SPACE;
		else if (c == ':')
			*between |= COLON;
		else if (c == ',' || c == 0xff0c)
			*between |= COMMA;
		else if (c == '.')
			*between |= DOT;
		else if (c == '\n' || c == '\r')
			*between |= LINE;
		else if (c == '(' || c == '"' || c == 0x201c || c == '-')
			*between |= OTHER;
		else
			break;
	}
	k = p;
	while (k > 0 && p - k < W_MAX && (letter(s->cp[k - 1]) || apostrophe(s->cp[k - 1])))
		k--;
	for (w->n = 0; k < p; k++)
		w->t[w->n++] = apostrophe(s->cp[k]) ? '\'' : to_lower((char)s->cp[k]);
	w->t[w->n] = '\0';
	*i = p - w->n;
}

/* --- Chinese names in Latin letters ---------------------------------------------------------------------------------- */

/* Length of the longest syllable of pinyin at p, or 0. */
static size_t
syllable(const char *p)
{
	static const char *const finals[] = {"iang", "iong", "uang", "ang", "eng", "ian", "iao", "ing", "ong", "uai", "uan", "ai", "an", "ao", "ei", "en",
	    "er", "ia", "ie", "in", "iu", "ou", "ua", "ue", "ui", "un", "uo", "a", "e", "i", "o", "u", "v"};
	size_t n = 0;

	if (*p != '\0' && strchr("bpmfdtnlgkhjqxrzcsyw", *p) != NULL)
		n = strchr("zcs", *p) != NULL && p[1] == 'h' ? 2 : 1;
	for (size_t k = 0; k < sizeof finals / sizeof *finals; k++)
		if (strncmp(p + n, finals[k], strlen(finals[k])) == 0)
			return n + strlen(finals[k]);
	return 0;
}

static bool
pinyin(const char *p)
{
	for (int k = 0; k < 2 && *p != '\0'; k++) {
		size_t n = syllable(p);

		if (n == 0)
			return false;
		p += n;
		if (*p == '\'' || *p == '-')
			p++;
	}
	return *p == '\0';
}

/* --- cues ------------------------------------------------------------------------------------------------------------ */

enum cue {
	NO_CUE,
	TITLE,  /* Mr. */
	MISS,   /* a verb as well */
	ROLE,   /* Dr., Nurse: an official role */
	STATED, /* my name is */
	INTRO,  /* I am */
	CALLER, /* this is … calling */
	PERSON, /* patient, my husband */
	SIGNED
};

static enum cue
cue_for(const struct pii_scan *s, size_t i)
{
	static const char *const titles[] = {"mister", "mr", "mrs", "ms", "mx"};
	static const char *const roles[] = {"captain", "doctor", "dr", "judge", "manager", "nurse", "officer", "prof", "professor", "teacher"};
	static const char *const persons[] = {"attn", "aunt", "boyfriend", "brother", "buyer", "call", "called", "caller", "cardholder", "child", "client",
	    "colleague", "complainant", "contact", "customer", "dad", "daughter", "dear", "defendant", "depositor", "driver", "father", "fiance",
	    "friend", "girlfriend", "grandfather", "grandma", "grandmother", "grandpa", "guest", "holder", "husband", "kid", "landlord", "mom", "mother", "mum", "named",
	    "neighbor", "neighbour", "nephew", "niece", "partner", "passenger", "patient", "plaintiff", "policyholder", "recipient", "resident", "roommate", "sister",
	    "son", "student", "tenant", "uncle", "victim", "widow", "wife"};
	static const char *const signs[] = {"cheers", "faithfully", "regards", "signed", "sincerely", "thanks", "truly", "wishes"};
	struct w a, b;
	size_t p = i, first;
	unsigned between, then;

	word_before(s, &p, &a, &between);
	if (a.n == 0 || between == 0)
		return NO_CUE;
	first = p;
	if ((between & (COLON | COMMA | OTHER)) == 0) {
		bool capitals = upper(s->cp[first + 1]); /* MS Office */

		if (IN(a.t, titles))
			return capitals ? NO_CUE : TITLE;
		if (strcmp(a.t, "miss") == 0 && !(between & DOT))
			return MISS;
		if (IN(a.t, roles))
			return ROLE;
	}
	if (between & (COLON | COMMA | LINE) && IN(a.t, signs))
		return SIGNED;
	if (between & (DOT | LINE))
		return NO_CUE;
	if (strcmp(a.t, "i'm") == 0 || (strcmp(a.t, "im") == 0 && between == SPACE))
		return INTRO;
	if (strcmp(a.t, "name's") == 0)
		return STATED;
	if (strcmp(a.t, "name") == 0)
		return between & COLON ? PERSON : NO_CUE;
	if (IN(a.t, persons))
		return PERSON;
	if (strcmp(a.t, "is") == 0 || strcmp(a.t, "am") == 0) {
		word_before(s, &p, &b, &then);
		if (then == SPACE && strcmp(b.t, a.t[0] == 'a' ? "i" : "name") == 0)
			return a.t[0] == 'a' ? INTRO : STATED;
		if (then == SPACE && strcmp(b.t, "this") == 0)
			return CALLER;
	}
	return NO_CUE;
}

/* Nothing goes on behind the name, or what introductions go on with. */
static bool
closes(const struct pii_scan *s, size_t i, bool caller)
{
	static const char *const words[] = {"again", "and", "at", "calling", "from", "here", "speaking", "with"};
	static const char *const calls[] = {"again", "calling", "from", "here", "speaking"};
	struct w w;

	if (s->cp[i] != ' ')
		return !letter(s->cp[i]) && s->cp[i] != '-' && s->cp[i] != '/';
	(void)word_at(s, i + 1, &w);
	return w.n > 0 && !upper(s->cp[i + 1]) && (caller ? IN(w.t, calls) : IN(w.t, words));
}

/* my name is jane doe: a known given name; a second word when it ends there */
static size_t
small_name(const struct pii_scan *s, size_t i)
{
	static const char *const goes_on[] = {"and", "i", "im", "from", "but", "my"};
	struct w a, b, c;
	size_t end = word_at(s, i, &a), more, k;

	if (IN(a.t, never))
		return 0;
	if (!IN(a.t, given)) { /* wei chen */
		more = s->cp[end] == ' ' ? word_at(s, end + 1, &b) : end;
		return more > end + 2 && ((IN(a.t, chinese) && pinyin(b.t)) || (IN(b.t, chinese) && pinyin(a.t))) ? more - i : 0;
	}
	more = s->cp[end] == ' ' ? word_at(s, end + 1, &b) : end;
	if (more <= end + 2 || IN(b.t, never))
		return end - i;
	(void)word_at(s, more + (s->cp[more] == ' '), &c);
	for (k = 0; k < sizeof goes_on / sizeof *goes_on; k++)
		if (strcmp(b.t, goes_on[k]) == 0)
			return end - i;
	for (k = 0; s->cp[more] == ' ' && k < sizeof goes_on / sizeof *goes_on; k++)
		if (strcmp(c.t, goes_on[k]) == 0)
			return more - i;
	return (s->cp[more] == ' ' ? end : more) - i;
}

/* The rest of a name behind its first word: an initial, a particle, one or two words in capitals. */
static size_t
rest_of(const struct pii_scan *s, size_t end, struct w *second)
{
	static const char *const particles[] = {"al", "bin", "da", "de", "den", "der", "di", "dos", "el", "la", "van", "von"};
	size_t p = end, next;
	struct w w;

	second->n = 0;
	if (s->cp[p] == ' ' && upper(s->cp[p + 1]) && (s->cp[p + 2] == '.' || s->cp[p + 2] == ' '))
		p += 2u + (s->cp[p + 2] == '.'); /* John Q. Public */
	for (int k = 0; k < 2; k++) {
		next = s->cp[p] == ' ' ? word_at(s, p + 1, &w) : p;
		if (next == p || w.n > 3 || upper(s->cp[p + 1]) || !IN(w.t, particles))
			break;
		p = next;
	}
	if (s->cp[p] != ' ' || (next = capital_at(s, p + 1, second)) == p + 1 || IN(second->t, never)) {
		second->n = 0;
		return end;
	}
	if (IN(second->t, given) && s->cp[next] == ' ' && (p = capital_at(s, next + 1, &w)) > next + 1 && !IN(w.t, never))
		return p; /* Mary Ann Smith */
	return next;
}

size_t
pii_english_name(const struct pii_scan *s, size_t i, bool cue, bool staff)
{
	struct w a, b;
	size_t end, one;
	bool known, doubt, both;
	enum cue why;

	if (!upper(s->cp[i]))
		return cue_for(s, i) == STATED ? small_name(s, i) : 0;
	if ((one = capital_at(s, i, &a)) == i || (why = cue ? PERSON : cue_for(s, i)) == NO_CUE)
		return 0;
	end = rest_of(s, one, &b);
	known = IN(a.t, given);
	doubt = known && IN(a.t, doubtful);
	both = b.n > 0 && ((IN(a.t, chinese) && pinyin(b.t)) || (IN(b.t, chinese) && pinyin(a.t)));
	if (known ? false : IN(a.t, never))
		return 0;
	switch (why) {
	case ROLE:
		return staff ? end - i : 0;
	case TITLE:
	case STATED:
		return end - i;
	case MISS:
		return known || both || IN(a.t, chinese) ? end - i : 0;
	case CALLER:
		return (both || (known && (b.n > 0 || !doubt))) && closes(s, end, true) ? end - i : 0;
	case INTRO:
		return both || (known && (b.n > 0 || (!doubt && closes(s, end, false)))) ? end - i : 0;
	case SIGNED:
		if (s->cp[end] == ' ' && letter(s->cp[end + 1]) && !upper(s->cp[end + 1]))
			return 0; /* Thanks, Jack Ma would … */
		if (b.n > 0 && (s->cp[end] == '\0' || s->cp[end] == '\n' || s->cp[end] == '\r'))
			return end - i;
		/* fallthrough */
	case PERSON:
		return both || (known && (b.n > 0 || !doubt)) ? end - i : 0;
	case NO_CUE:
		break;
	}
	return 0;
}

/* --- addresses --------------------------------------------------------------------------------------------------------- */

static bool
lives_there(const struct pii_scan *s, size_t i)
{
	static const char *const words[] = {"address", "apartment", "delivered", "flat", "home", "house", "live", "lived", "lives", "living", "mailed", "moved", "resident", "residing",
	    "sent", "ship", "shipped"};
	unsigned between;
	struct w w;

	for (int k = 0; k < 5 && i > 0; k++) {
		word_before(s, &i, &w, &between);
		if (w.n == 0 || between & (DOT | LINE))
			return false;
		if (IN(w.t, words))
			return true;
	}
	return false;
}

size_t
pii_english_home(const struct pii_scan *s, size_t i)
{
	static const char *const streets[] = {"ave", "avenue", "blvd", "boulevard", "close", "court", "crescent", "drive", "gardens", "grove", "lane", "ln", "mews", "place",
	    "rd", "road", "row", "square", "st", "street", "terrace", "way"};
	static const char *const units[] = {"apartment", "apt", "flat", "room", "suite", "unit"};
	size_t p = i, end = 0;
	bool home = false;
	struct w w;

	while (s->cp[p] >= '0' && s->cp[p] <= '9' && p - i < 5)
		p++;
	if (letter(s->cp[p])) { /* 221B: a flat */
		home = s->cp[p] <= 'H' || (s->cp[p] >= 'a' && s->cp[p] <= 'h');
		p++;
	}
	if (p == i || s->cp[p] != ' ')
		return 0;
	for (int k = 0; k < 4 && s->cp[p] == ' '; k++) {
		size_t next = capital_at(s, p + 1, &w);

		if (next == p + 1)
			break;
		p = next;
		if (k > 0 && IN(w.t, streets)) {
			end = p;
			break;
		}
	}
	if (end == 0)
		return 0;
	p = end + (s->cp[end] == '.');
	p += s->cp[p] == ',';
	if (s->cp[p] == ' ') {
		size_t next = word_at(s, ++p, &w);

		if (s->cp[p] == '#' || (next > p && IN(w.t, units))) {
			next = s->cp[p] == '#' ? p + 1 : next + (s->cp[next] == '.');
			next += s->cp[next] == ' ';
			for (p = next; p - next < 6 && ((s->cp[p] >= '0' && s->cp[p] <= '9') || letter(s->cp[p]) || s->cp[p] == '-');)
				p++;
			if (p > next) {
				home = true;
				end = p;
			}
		}
	}
	return home || lives_there(s, i) ? end - i : 0;
}
