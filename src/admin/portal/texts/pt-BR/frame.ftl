# What pages have in common.

action = Ação
add = Adicionar
address = Endereço
cancel = Cancelar
choose = Escolha
count-phones = { $count ->
    [one] { $count } telefone
   *[other] { $count } telefones
}
device = Aparelho
devices = Aparelhos
dids = Números DDR
done-saved = Salvo.
failure-title = Não deu certo
in-sync = Sincronia
kind = Tipo
last-seen = Visto por último
line = Linha
line-n = linha { $line }
mac = Endereço MAC
menu = Menu
menu-extensions = Ramais
menu-overview = Visão geral
menu-own = Conta própria
menu-tenants = Clientes
model = Modelo
more-rows = Mais
name = Nome
never-seen = nunca
no-tenants = Ainda não há clientes.
nothing-found = Nada foi encontrado.
number = Número
save = Salvar
search = Procurar
short-name = Nome curto
sip-domain = Domínio SIP
skip-to-content = Ir para o conteúdo
state = Estado
theirs-now = Outra pessoa alterou nesse meio-tempo. Agora está: { $value }
to-first-page = Para a primeira página
to-first-rows = Para o início
